package dev.polymath.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.project.Assignment;
import dev.polymath.project.Dataset;
import dev.polymath.project.Problem;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.project.Split;
import dev.polymath.project.TaskData;
import dev.polymath.project.TaskSpec;
import dev.polymath.run.Evaluation;
import dev.polymath.run.Polymath;
import dev.polymath.task.Task;
import dev.polymath.task.TaskKinds;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath evaluate}: a model's metrics on its project's data. */
@Command(name = "evaluate", description = "Measures a model on the data of its project.")
final class EvaluateCommand implements Runnable {
    /** Misfits that are told at most. */
    private static final int MISFITS = 20;

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
        OutputFile file = json == null ? null : new OutputFile(json);
        try (Polymath polymath = Polymath.open(model)) {
            ObjectNode report = JsonNodeFactory.instance.objectNode();
            report.set("tasks", Evaluation.evaluate(polymath, split.key(), rows(polymath)));
            PrintWriter out = spec.commandLine().getOut();
            out.print(Reports.table(report, split.key()));
            out.flush();
            if (file != null) file.write(writer -> writer.write(report.toPrettyString() + "\n"));
        }
    }

    private Map<String, List<Example>> rows(Polymath polymath) {
        Project read = project == null ? trainedOn(polymath) : ProjectReader.read(project, List.of());
        List<String> names = polymath.tasks().stream().map(Task::name).toList();
        Map<String, List<Example>> rows = new LinkedHashMap<>();
        List<String> misfits = new ArrayList<>();
        Dataset.load(read, names).tasks().forEach((name, data) -> {
            List<Example> examples = split.of(data);
            misfits.addAll(misfits(polymath.folder().task(name), data, examples));
            if (!examples.isEmpty()) rows.put(name, examples);
        });
        if (!misfits.isEmpty()) {
            throw new InputException(misfits.stream().limit(MISFITS).collect(Collectors.joining("\n")));
        }
        if (!rows.isEmpty()) return rows;
        throw new InputException("no task of " + read.file() + " has rows in the split '" + split.key()
                + "'; choose another with --split");
    }

    /** What the model's own task, made from the data that it was trained on, cannot measure. */
    private List<String> misfits(Task task, TaskData data, List<Example> examples) {
        TaskSpec given = data.spec();
        if (!given.type().equals(task.type()) || data.task().pairs() != task.pairs()) {
            return List.of("task '" + task.name() + "' is " + described(task) + " in " + model + ", but "
                    + described(data.task()) + " in the project");
        }
        Path file =
                switch (split) {
                    case TRAIN -> given.train();
                    case DEV -> given.dev() == null ? given.train() : given.dev();
                    case TEST -> given.test();
                };
        List<String> misfits = new ArrayList<>();
        for (Example example : examples) {
            for (String message : TaskKinds.named(task.type()).problems(task, example)) {
                misfits.add(new Problem(file, example.line(), message).toString());
            }
        }
        return misfits;
    }

    private static String described(Task task) {
        return "'" + task.type() + "' on " + (task.pairs() ? "pairs of texts" : "single texts");
    }

    /** With the seed of training, by which dev rows were held out where the project names none. */
    private Project trainedOn(Polymath polymath) {
        JsonNode report = polymath.folder().report();
        JsonNode file = report.get(Reports.PROJECT);
        if (file == null) throw new InputException(model + " does not say what it was trained on; give --project");
        Path path = Path.of(file.asText());
        if (!Files.exists(path)) {
            throw new InputException(model + " was trained on " + path + ", which is gone; give --project");
        }
        JsonNode seed = report.get("seed");
        return ProjectReader.read(
                path, seed == null ? List.of() : List.of(new Assignment("train.seed", seed.asText())));
    }
}
