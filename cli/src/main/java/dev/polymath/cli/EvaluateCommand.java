package dev.polymath.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.project.Split;
import dev.polymath.run.Evaluation;
import dev.polymath.run.Polymath;
import dev.polymath.task.Task;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath evaluate}: a model's metrics on its project's data. */
@Command(name = "evaluate", description = "Measures a model on the data of its project.")
final class EvaluateCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model folder.")
    private Path model;

    @Option(
            names = "--project",
            paramLabel = "PROJECT",
            description = "The project file; else the one it was trained on.")
    private Path project;

    @Option(names = "--split", description = "train, dev or test (default).", defaultValue = "test")
    private Split split;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the metrics as JSON too.")
    private Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        try (Polymath polymath = Polymath.open(model)) {
            ObjectNode report = JsonNodeFactory.instance.objectNode();
            report.set("tasks", Evaluation.evaluate(polymath, split.key(), rows(polymath)));
            PrintWriter out = spec.commandLine().getOut();
            out.print(Reports.table(report, split.key()));
            out.flush();
            if (json != null) {
                Files.writeString(
                        json,
                        new ObjectMapper()
                                        .enable(SerializationFeature.INDENT_OUTPUT)
                                        .writeValueAsString(report)
                                + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, List<Example>> rows(Polymath polymath) {
        Project read = ProjectReader.read(project == null ? trainedOn(polymath) : project, List.of());
        List<String> names = polymath.tasks().stream().map(Task::name).toList();
        Map<String, List<Example>> rows = new LinkedHashMap<>();
        Dataset.load(read, names).tasks().forEach((name, data) -> {
            if (!split.of(data).isEmpty()) rows.put(name, split.of(data));
        });
        return rows;
    }

    private Path trainedOn(Polymath polymath) {
        JsonNode file = polymath.folder().report().get(Reports.PROJECT);
        if (file == null) throw new InputException(model + " does not say what it was trained on; give --project");
        Path path = Path.of(file.asText());
        if (Files.exists(path)) return path;
        throw new InputException(model + " was trained on " + path + ", which is gone; give --project");
    }
}
