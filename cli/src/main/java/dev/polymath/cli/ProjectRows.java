package dev.polymath.cli;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.polymath.run.ModelFolder;
import dev.polymath.task.Task;
import dev.polymath.task.TaskKinds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A model's rows to be measured on: those of its project's data, of one split. */
final class ProjectRows {
    /** Misfits that are told at most. */
    private static final int MISFITS = 20;

    private final ModelFolder model;
    private final Split split;

    ProjectRows(ModelFolder model, Split split) {
        this.model = model;
        this.split = split;
    }

    /**
     * The rows of those of the model's tasks that have some, in the order of the model.
     *
     * @param project the project file; null for those that the model was trained on
     * @throws InputException if there is none, it has none of the tasks or no rows of them, or they do not fit the model
     */
    Map<String, List<Example>> read(Path project) {
        List<Project> projects = project == null ? trainedOn() : List.of(ProjectReader.read(project, List.of()));
        Map<String, List<Example>> found = new HashMap<>();
        List<String> misfits = new ArrayList<>();
        for (Project read : projects) {
            List<String> names = model.tasks().stream()
                    .map(Task::name)
                    .filter(read.tasks()::containsKey)
                    .toList();
            if (names.isEmpty()) continue;
            Dataset.load(read, names).tasks().forEach((name, data) -> {
                List<Example> examples = split.of(data);
                misfits.addAll(misfits(model.task(name), data, examples));
                if (!examples.isEmpty()) found.put(name, examples);
            });
        }
        if (!misfits.isEmpty()) {
            throw new InputException(misfits.stream().limit(MISFITS).collect(Collectors.joining("\n")));
        }
        String files = projects.stream().map(read -> read.file().toString()).collect(Collectors.joining(", "));
        if (found.isEmpty()) throw nothing(projects, files);
        Map<String, List<Example>> rows = new LinkedHashMap<>();
        for (Task task : model.tasks()) {
            if (found.containsKey(task.name())) rows.put(task.name(), found.get(task.name()));
        }
        return rows;
    }

    private InputException nothing(List<Project> projects, String files) {
        boolean known = projects.stream().anyMatch(read -> model.tasks().stream()
                .anyMatch(task -> read.tasks().containsKey(task.name())));
        if (known) {
            return new InputException("no task of " + files + " has rows in the split '" + split.key()
                    + "'; choose another with --split");
        }
        List<String> names = model.tasks().stream().map(Task::name).toList();
        return new InputException(files + " has none of the model's tasks: "
                + names.stream().limit(20).collect(Collectors.joining(", ")));
    }

    /** What the model's own task, made from the data that it was trained on, cannot measure. */
    private List<String> misfits(Task task, TaskData data, List<Example> examples) {
        TaskSpec given = data.spec();
        if (!given.type().equals(task.type()) || data.task().pairs() != task.pairs()) {
            return List.of("task '" + task.name() + "' is " + described(task) + " in " + model.path() + ", but "
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
    private List<Project> trainedOn() {
        ObjectNode report = model.report();
        List<JsonNode> trainings = new ArrayList<>(List.of(report));
        report.path("added").forEach(trainings::add);
        List<Project> projects = new ArrayList<>();
        for (JsonNode training : trainings) {
            JsonNode file = training.get(Reports.PROJECT);
            if (file == null)
                throw new InputException(model.path() + " does not say what it was trained on; give --project");
            Path path = Path.of(file.asText());
            if (!Files.exists(path)) {
                throw new InputException(model.path() + " was trained on " + path + ", which is gone; give --project");
            }
            JsonNode seed = training.get("seed");
            projects.add(ProjectReader.read(
                    path, seed == null ? List.of() : List.of(new Assignment("train.seed", seed.asText()))));
        }
        return projects;
    }
}
