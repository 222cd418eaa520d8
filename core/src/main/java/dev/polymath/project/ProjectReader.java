package dev.polymath.project;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import dev.polymath.data.DataFiles;
import dev.polymath.task.TaskKind;
import dev.polymath.task.TaskKinds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads the project file strictly: a key, type or value that it does not know is a problem with file, line and the nearest
 * valid choice. Whether the data files are there and hold what they should is {@link Dataset}'s to find.
 */
public final class ProjectReader {
    /** The keys at the top. */
    static final Set<String> KEYS = new TreeSet<>(
            Set.of("name", "backbone", "tasks", "sharing", "balance", "sampling", "habits", "single", "train"));

    /** The keys that every task may have beside those of its kind. */
    static final Set<String> TASK_KEYS = new TreeSet<>(Set.of("type", "train", "dev", "test"));

    /** What a task's name looks like: it names files and weights. */
    static final Pattern TASK_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");

    private static final String BUILT_IN = "minilm";
    private static final PartSpec SHARING = new PartSpec("hard", Map.of());
    private static final PartSpec BALANCE = new PartSpec("equal", Map.of());
    private static final PartSpec SAMPLING = new PartSpec("proportional", Map.of());

    private final Path file;
    private final List<Problem> problems = new ArrayList<>();

    private ProjectReader(Path file) {
        this.file = file;
    }

    /**
     * A project as far as it can be read.
     *
     * @param project null if there are not even tasks; with problems it may lack what they concern
     * @param problems in the order of the file; empty if all is well
     */
    public record Result(Project project, List<Problem> problems) {
        public Result {
            problems = List.copyOf(problems);
        }
    }

    /**
     * Reads a project that must be without fault.
     *
     * @param assignments values that replace those of the file before it is checked
     * @throws InputException with every problem, one a line
     */
    public static Project read(Path yaml, List<Assignment> assignments) {
        Result result = check(yaml, assignments);
        if (result.problems.isEmpty()) return result.project;
        throw new InputException(result.problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    }

    /** Reads a project and gathers every problem. */
    public static Result check(Path yaml, List<Assignment> assignments) {
        ProjectReader reader = new ProjectReader(yaml);
        Project project = null;
        try {
            project = reader.project(assignments);
        } catch (InputException e) {
            reader.problems.add(Problem.of(e, yaml, 0));
        }
        reader.problems.sort(Comparator.comparingLong(Problem::line));
        return new Result(project, reader.problems);
    }

    private Project project(List<Assignment> assignments) {
        Yaml tree = YamlReader.read(file, null, DataFiles.text(file), problems);
        if (!(tree instanceof Yaml.Mapping root)) {
            if (problems.isEmpty()) problems.add(new Problem(file, 0, empty(tree)));
            return null;
        }
        for (Assignment assignment : assignments) root = assignment.applied(root, problems);
        Fields fields = new Fields(root, "the project", KEYS, problems);
        fields.require(List.of("tasks"));
        Map<String, TaskSpec> tasks = tasks(fields);
        Yaml.Mapping train = fields.mapping("train", "{epochs: 3}");
        if (train == null) train = TrainReader.absent();
        Project project = new Project(
                file.toAbsolutePath().normalize(),
                places(root),
                fields.text("name", stem()),
                backbone(fields, root),
                tasks,
                new Parts(
                        sharing(fields, tasks.keySet()),
                        fields.part("balance", BALANCE),
                        fields.part("sampling", SAMPLING),
                        fields.parts("habits")),
                single(fields, train),
                TrainReader.read(train, problems));
        return tasks.isEmpty() ? null : project;
    }

    /** A part for all tasks, or a mapping from names of tasks to parts. */
    private SharingSpec sharing(Fields project, Set<String> tasks) {
        if (!project.holdsMapping("sharing") || project.holdsPart("sharing")) {
            return SharingSpec.of(project.part("sharing", SHARING));
        }
        Yaml.Mapping section = project.mapping("sharing", "{intent: lora, topic: hard}");
        Fields fields = new Fields(section, "sharing by task", new TreeSet<>(tasks), problems);
        Map<String, PartSpec> parts = new HashMap<>();
        for (String task : tasks) if (fields.has(task)) parts.put(task, fields.part(task, SHARING));
        return new SharingSpec(SHARING, parts);
    }

    /** Null for none; a mapping has what differs from {@code train}. */
    private TrainSpec single(Fields project, Yaml.Mapping train) {
        Yaml.Mapping other = TrainReader.absent();
        if (project.holdsMapping("single")) other = project.mapping("single", "{batch_tokens: 1024}");
        else if (!project.flag("single", false)) return null;
        return TrainReader.read(train, other, problems);
    }

    private static Map<String, Place> places(Yaml.Mapping root) {
        Map<String, Place> places = new HashMap<>();
        root.entries().forEach((key, entry) -> places.put(key, entry.place()));
        return places;
    }

    private static String empty(Yaml tree) {
        String what = tree == null ? "the file is empty" : "the file is " + tree.described();
        return what + "; a project has keys: " + String.join(", ", KEYS);
    }

    private String stem() {
        return file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
    }

    private String backbone(Fields fields, Yaml.Mapping root) {
        String backbone = fields.text("backbone", BUILT_IN);
        if (backbone.equals(BUILT_IN)) return BUILT_IN;
        Path folder = resolve(backbone);
        if (!Files.isDirectory(folder)) {
            problems.add(root.get("backbone")
                    .place()
                    .problem("the backbone '" + backbone + "' is neither built in nor a folder"
                            + Choices.instead(backbone, List.of(BUILT_IN))));
        }
        return folder.toString();
    }

    private Map<String, TaskSpec> tasks(Fields project) {
        Map<String, TaskSpec> tasks = new LinkedHashMap<>();
        Yaml.Mapping section = project.mapping("tasks", "{intent: {type: classify, train: intent.csv, ...}}");
        if (section == null) return tasks;
        if (section.entries().isEmpty()) problems.add(section.place().problem("'tasks' declares no task"));
        section.entries().forEach((name, entry) -> {
            TaskSpec task = task(name, entry);
            if (task != null) tasks.put(name, task);
        });
        for (TaskSpec task : List.copyOf(tasks.values())) {
            for (TaskSpec more : TaskKinds.named(task.type()).beside(task)) {
                if (tasks.putIfAbsent(more.name(), more) == null) continue;
                problems.add(section.entries()
                        .get(more.name())
                        .place()
                        .problem("task '" + task.name() + "' brings a task '" + more.name()
                                + "' with it; give this one another name"));
            }
        }
        return Collections.unmodifiableMap(tasks);
    }

    /** A task, or null if it cannot be told what it is. */
    private TaskSpec task(String name, Yaml.Entry entry) {
        if (!TASK_NAME.matcher(name).matches()) {
            problems.add(entry.place()
                    .problem("'" + name
                            + "' is no name for a task: letters a to z, digits, '_', '-' and '.', at most 64, the"
                            + " first not '.'"));
        }
        if (!(entry.value() instanceof Yaml.Mapping mapping)) {
            problems.add(entry.place()
                    .problem("task '" + name + "' must be a mapping such as {type: classify, train: intent.csv, ...},"
                            + " not " + entry.value().described()));
            return null;
        }
        TaskKind kind = kind(name, mapping, entry.place());
        if (kind == null) return null;
        boolean folder = kind.readsFolder();
        Set<String> valid = folder ? new TreeSet<>(Set.of("type", "data")) : new TreeSet<>(TASK_KEYS);
        valid.addAll(kind.keys());
        valid.addAll(kind.parts());
        valid.addAll(kind.sections());
        Fields fields = new Fields(mapping, "task '" + name + "'", valid, problems);
        Set<String> required = new TreeSet<>(kind.required());
        required.add(folder ? "data" : "train");
        boolean complete = fields.require(required);
        Map<String, Object> settings = new HashMap<>();
        for (String key : kind.keys()) {
            Object value = kind.files().contains(key) ? absolute(path(fields, key)) : fields.textOrTexts(key);
            if (value != null) settings.put(key, value);
            else if (required.contains(key)) complete = false;
        }
        for (String key : kind.parts()) {
            PartSpec part = fields.part(key, null);
            if (part != null) settings.put(key, part);
        }
        for (String key : kind.sections()) {
            PartSpec section = fields.section(key);
            if (section != null) settings.put(key, section);
        }
        Path data = folder ? path(fields, "data") : null;
        Path train = data == null ? path(fields, "train") : split(data, "train");
        Path dev = data == null ? path(fields, "dev") : existing(split(data, "dev"));
        Path test = data == null ? path(fields, "test") : existing(split(data, "test"));
        if (!complete || train == null) return null;
        int line = (int) entry.place().line();
        return new TaskSpec(name, kind.type(), train, dev, test, Map.copyOf(settings), line);
    }

    /** Where a BEIR folder has the judgements of a split. */
    private static Path split(Path data, String name) {
        return data.resolve("qrels").resolve(name + ".tsv");
    }

    private static Object absolute(Path file) {
        return file == null ? null : file.toString();
    }

    private static Path existing(Path file) {
        return Files.exists(file) ? file : null;
    }

    private TaskKind kind(String name, Yaml.Mapping mapping, Place place) {
        Yaml type = mapping.get("type");
        if (type == null) {
            problems.add(place.problem("task '" + name + "' lacks 'type'; there are " + types()));
        } else if (!(type instanceof Yaml.Scalar scalar) || scalar.text() == null) {
            problems.add(type.place().problem("'type' in task '" + name + "' must be one of " + types()));
        } else if (!TaskKinds.types().contains(scalar.text())) {
            problems.add(type.place()
                    .problem("there is no task type '" + scalar.text() + "'"
                            + Choices.instead(scalar.text(), TaskKinds.types())));
        } else {
            return TaskKinds.named(scalar.text());
        }
        return null;
    }

    private static String types() {
        return String.join(", ", TaskKinds.types());
    }

    private Path path(Fields fields, String key) {
        String text = fields.text(key, null);
        return text == null ? null : resolve(text);
    }

    private Path resolve(String text) {
        return file.toAbsolutePath().getParent().resolve(text).normalize();
    }
}
