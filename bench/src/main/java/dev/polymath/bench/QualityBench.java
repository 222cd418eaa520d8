package dev.polymath.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.learn.ProjectTraining;
import dev.polymath.learn.TrainingListener;
import dev.polymath.project.Assignment;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Trains a project as one shared model, or each of its tasks alone, and appends a line a task to a TSV file: mode, seed,
 * task, metric, value, seconds, tokens a second, peak MiB.
 */
@Command(name = "quality", description = "Trains a project, shared or task by task, and notes the test metrics.")
final class QualityBench implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "PROJECT")
    private Path project;

    @Option(names = "--seeds", split = ",", defaultValue = "13")
    private List<Long> seeds;

    @Option(names = "--single", description = "A model a task instead of one for all.")
    private boolean single;

    @Option(names = "--name", description = "What the lines are marked with; shared or single without it.")
    private String name;

    @Option(names = "--tasks", split = ",")
    private List<String> tasks = new ArrayList<>();

    @Option(names = "--set", paramLabel = "KEY=VALUE")
    private List<String> set = new ArrayList<>();

    @Option(names = "--results", required = true, paramLabel = "FILE.tsv")
    private Path results;

    @Option(names = "--models", required = true, paramLabel = "DIR", description = "Where the models go.")
    private Path models;

    @Override
    public Integer call() throws IOException {
        for (long seed : seeds) {
            List<Assignment> assignments =
                    new ArrayList<>(set.stream().map(Assignment::parse).toList());
            assignments.add(new Assignment("train.seed", Long.toString(seed)));
            Project read = ProjectReader.read(project, assignments);
            List<String> names = tasks.isEmpty() ? List.copyOf(read.tasks().keySet()) : tasks;
            if (single) {
                for (String task : names) train(read, List.of(task), seed);
            } else {
                train(read, names, seed);
            }
        }
        return 0;
    }

    private void train(Project read, List<String> names, long seed) throws IOException {
        String mode = name != null ? name : single ? "single" : "shared";
        Path out = models.resolve(mode + "-" + seed + (single ? "-" + names.get(0) : ""));
        ProjectTraining training = new ProjectTraining(read, Dataset.load(read, names), out);
        ObjectNode report = training.run(training.hasCheckpoint(), new Epochs(), () -> false);
        JsonNode cost = report.get("cost");
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, JsonNode> task : report.get("tasks").properties()) {
            Iterator<Map.Entry<String, JsonNode>> metrics =
                    task.getValue().get("test").properties().iterator();
            metrics.next();
            Map.Entry<String, JsonNode> primary = metrics.next();
            lines.append(String.format(
                    Locale.ROOT,
                    "%s\t%d\t%s\t%s\t%.4f\t%.0f\t%.0f\t%.0f%n",
                    mode,
                    seed,
                    task.getKey(),
                    primary.getKey(),
                    100 * primary.getValue().asDouble(),
                    cost.get("train_seconds").asDouble(),
                    cost.get("tokens_per_second").asDouble(),
                    Resident.peak()));
        }
        System.out.print(lines);
        Files.writeString(results, lines, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static final class Epochs implements TrainingListener {
        @Override
        public void epoch(int epoch, Map<String, Map<String, Double>> metrics, double mean, boolean best) {
            System.out.printf(Locale.ROOT, "epoch %d: dev mean %.2f%n", epoch, 100 * mean);
        }
    }
}
