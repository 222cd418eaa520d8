package dev.polymath.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.learn.ProjectTraining;
import dev.polymath.learn.TrainingListener;
import dev.polymath.project.Assignment;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.run.Input;
import dev.polymath.run.ModelDifference;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Polymath;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Many small low-rank tasks added to a model one after another: the time of each, and of loading what comes of it. */
@Command(name = "add", description = "Adds many small low-rank tasks to a model, one after another.")
final class AddBench implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "PROJECT", description = "A project with a classify task of many labels.")
    private Path project;

    @Option(
            names = "--task",
            defaultValue = "banking",
            description = "That task: each new one is a label against others.")
    private String source;

    @Option(names = "--model", required = true, description = "A model to begin with.")
    private Path model;

    @Option(names = "--out", required = true, description = "An empty folder for the models.")
    private Path out;

    @Option(names = "--tasks", defaultValue = "300")
    private int count;

    @Option(names = "--rows", defaultValue = "24", description = "Of the label, and as many of others.")
    private int rows;

    @Option(names = "--every", defaultValue = "50", description = "Tasks a line of the table.")
    private int every;

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(out);
        List<Example> all = Dataset.load(ProjectReader.read(project, List.of()), List.of(source))
                .tasks()
                .get(source)
                .train();
        List<String> labels =
                all.stream().map(AddBench::label).distinct().sorted().toList();
        // The processor's seconds too: they tell a machine that others use from work that grows.
        System.out.println("| tasks added | seconds a task | processor seconds a task |");
        System.out.println("|---|---|---|");
        Path latest = model;
        double seconds = 0;
        double computing = processorSeconds();
        for (int task = 0; task < count; task++) {
            Path file = write(task, all, labels.get(task % labels.size()));
            Path next = out.resolve("model" + task);
            long start = System.nanoTime();
            add(latest, file, next);
            seconds += (System.nanoTime() - start) / 1e9;
            if (!latest.equals(model)) delete(latest);
            latest = next;
            if ((task + 1) % every == 0) {
                double computed = processorSeconds();
                System.out.printf(
                        Locale.ROOT,
                        "| %d to %d | %.2f | %.2f |%n",
                        task + 2 - every,
                        task + 1,
                        seconds / every,
                        (computed - computing) / every);
                seconds = 0;
                computing = computed;
            }
        }
        load(latest);
        ModelDifference difference = ModelDifference.of(ModelFolder.open(model), ModelFolder.open(latest));
        System.out.printf(
                "%d of the first model's tasks the same to the last bit, %d changed%n",
                difference.same().size(), difference.changed().size());
        return 0;
    }

    private static double processorSeconds() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e9;
    }

    private static void add(Path from, Path file, Path to) {
        Project read = ProjectReader.read(file, List.<Assignment>of());
        ModelFolder base = ModelFolder.open(from);
        new ProjectTraining(read, Dataset.load(read), base, to).run(false, TrainingListener.NONE, () -> false);
    }

    private static void load(Path folder) {
        System.gc();
        double before = Resident.now();
        long start = System.nanoTime();
        try (Polymath loaded = Polymath.open(folder)) {
            String last = loaded.tasks().get(loaded.tasks().size() - 1).name();
            loaded.predict(Input.of("where is my card"), last);
            double opened = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "%nto the first answer of a model of %d tasks: %.2f s; resident memory %.0f MiB more%n",
                    loaded.tasks().size(),
                    opened,
                    Resident.now() - before);
        }
    }

    /** A project of one task: a label against others. */
    private Path write(int task, List<Example> all, String label) throws IOException {
        StringBuilder csv = new StringBuilder("text,label\n");
        int[] left = {rows, rows};
        for (int i = 0; i < all.size(); i++) {
            Example example = all.get((int) ((i + 997L * task) % all.size()));
            int which = label(example).equals(label) ? 0 : 1;
            if (left[which]-- <= 0) continue;
            csv.append('"')
                    .append(example.text().replace("\"", "\"\""))
                    .append("\",")
                    .append(which)
                    .append('\n');
        }
        Files.writeString(out.resolve("rows.csv"), csv);
        return Files.writeString(
                out.resolve("task.yaml"),
                """
                tasks:
                  added%d: {type: classify, train: rows.csv, dev: rows.csv, text: text, label: label}
                sharing: {type: lora, rank: 4}
                train: {epochs: 1, batch_tokens: 512}
                """
                        .formatted(task));
    }

    private static String label(Example example) {
        return ((Label.Name) example.label()).name();
    }

    private static void delete(Path folder) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(folder)) {
            paths = new ArrayList<>(walk.sorted(Comparator.reverseOrder()).toList());
        }
        for (Path path : paths) Files.delete(path);
    }
}
