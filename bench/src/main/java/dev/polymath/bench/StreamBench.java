package dev.polymath.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.data.Example;
import dev.polymath.learn.ProjectTraining;
import dev.polymath.learn.TrainingListener;
import dev.polymath.project.Assignment;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.run.Evaluation;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Polymath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Adds a project's tasks to a model one after another, and measures each when it has come and when all have. */
@Command(name = "stream", description = "Adds tasks one by one; what each knows when it comes, and at the end.")
final class StreamBench implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "PROJECT")
    private Path project;

    @Option(names = "--set", paramLabel = "KEY=VALUE")
    private List<String> set = new ArrayList<>();

    @Option(names = "--model", defaultValue = "minilm", description = "A model to begin with.")
    private Path model;

    @Option(names = "--out", required = true, description = "An empty folder for the models.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(out);
        Project read =
                ProjectReader.read(project, set.stream().map(Assignment::parse).toList());
        Map<String, JsonNode> come = new LinkedHashMap<>();
        Map<String, List<Example>> test = new LinkedHashMap<>();
        Path latest = model;
        for (String task : read.tasks().keySet()) {
            Dataset dataset = Dataset.load(read, List.of(task));
            Path next = out.resolve("with-" + task);
            new ProjectTraining(read, dataset, ModelFolder.open(latest), next)
                    .run(false, TrainingListener.NONE, () -> false);
            latest = next;
            test.put(task, dataset.tasks().get(task).test());
            come.put(
                    task,
                    measured(latest, Map.of(task, test.get(task))).get(task).get("test"));
        }
        ObjectNode end = measured(latest, test);
        System.out.println("| task | metric | when it came | at the end | the same |");
        System.out.println("|---|---|---|---|---|");
        come.forEach((task, before) -> {
            JsonNode after = end.get(task).get("test");
            String metric = new ArrayList<>(before.properties()).get(1).getKey();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %.4f | %.4f | %s |%n",
                    task,
                    metric,
                    100 * before.get(metric).asDouble(),
                    100 * after.get(metric).asDouble(),
                    after.equals(before) ? "yes" : "no");
        });
        return 0;
    }

    private static ObjectNode measured(Path folder, Map<String, List<Example>> rows) {
        try (Polymath model = Polymath.open(folder)) {
            return Evaluation.evaluate(model, "test", rows);
        }
    }
}
