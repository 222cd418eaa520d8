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
import java.util.HashMap;
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
        List<Project> projects =
                project == null ? trainedOn(polymath) : List.of(ProjectReader.read(project, List.of()));
        Map<String, List<Example>> found = new HashMap<>();
        List<String> misfits = new ArrayList<>();
        for (Project read : projects) {
            List<String> names = polymath.tasks().stream()
                    .map(Task::name)
                    .filter(read.tasks()::containsKey)
                    .toList();
            if (names.isEmpty()) continue;
            Dataset.load(read, names).tasks().forEach((name, data) -> {
                List<Example> examples = split.of(data);
                misfits.addAll(misfits(polymath.folder().task(name), data, examples));
                if (!examples.isEmpty()) found.put(name, examples);
            });
        }
        if (!misfits.isEmpty()) {
            throw new InputException(misfits.stream().limit(MISFITS).collect(Collectors.joining("\n")));
        }
        String files = projects.stream().map(read -> read.file().toString()).collect(Collectors.joining(", "));
        if (found.isEmpty()) throw nothing(polymath, projects, files);
        Map<String, List<Example>> rows = new LinkedHashMap<>();
        for (Task task : polymath.tasks()) {
            if (found.containsKey(task.name())) rows.put(task.name(), found.get(task.name()));
        }
        return rows;
    }

    private InputException nothing(Polymath polymath, List<Project> projects, String files) {
        boolean known = projects.stream().anyMatch(read -> polymath.tasks().stream()
                .anyMatch(task -> read.tasks().containsKey(task.name())));
        if (known) {
            return new InputException("no task of " + files + " has rows in the split '" + split.key()
                    + "'; choose another with --split");
        }
        List<String> names = polymath.tasks().stream().map(Task::name).toList();
        return new InputException(files + " has none of the model's tasks: "
                + names.stream().limit(20).collect(Collectors.joining(", ")));
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

    /**
     * The project that the model was trained on, and those whose tasks came later; each with the seed of its training, by
     * which dev rows were held out where the project names none.
     */
    private List<Project> trainedOn(Polymath polymath) {
        ObjectNode report = polymath.folder().report();
        List<JsonNode> trainings = new ArrayList<>(List.of(report));
        report.path("added").forEach(trainings::add);
        List<Project> projects = new ArrayList<>();
        for (JsonNode training : trainings) {
            JsonNode file = training.get(Reports.PROJECT);
            if (file == null) throw new InputException(model + " does not say what it was trained on; give --project");
            Path path = Path.of(file.asText());
            if (!Files.exists(path)) {
                throw new InputException(model + " was trained on " + path + ", which is gone; give --project");
            }
            JsonNode seed = training.get("seed");
            projects.add(ProjectReader.read(
                    path, seed == null ? List.of() : List.of(new Assignment("train.seed", seed.asText()))));
        }
        return projects;
    }
}
