package dev.polymath.project;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import dev.polymath.data.Example;
import dev.polymath.task.Task;
import dev.polymath.task.TaskKind;
import dev.polymath.task.TaskKinds;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The data of a project's tasks, read and checked.
 *
 * @param project the project
 * @param tasks by name, in the order of the project file
 */
public record Dataset(Project project, Map<String, TaskData> tasks) {
    public Dataset {
        tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
    }

    /**
     * What could be read.
     *
     * @param dataset the tasks that are without problems
     * @param problems what must be mended before training
     * @param warnings what works and may still be a slip
     */
    public record Result(Dataset dataset, List<Problem> problems, List<Problem> warnings) {}

    /**
     * Loads all tasks.
     *
     * @throws InputException with every problem, one a line
     */
    public static Dataset load(Project project) {
        return load(project, List.of());
    }

    /**
     * Loads some tasks.
     *
     * @param names of the tasks; none means all
     * @throws InputException with every problem, one a line
     */
    public static Dataset load(Project project, Collection<String> names) {
        Result result = check(project, names);
        if (result.problems.isEmpty()) return result.dataset;
        throw new InputException(result.problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    }

    /**
     * Reads some tasks and gathers what is wrong.
     *
     * @param names of the tasks; none means all
     * @throws InputException if there is no task of such a name; names the nearest
     */
    public static Result check(Project project, Collection<String> names) {
        ProblemList problems = new ProblemList();
        ProblemList warnings = new ProblemList();
        Map<String, TaskData> tasks = new LinkedHashMap<>();
        for (String name : chosen(project, names)) {
            TaskData data = new Loading(project, project.tasks().get(name), problems, warnings).load();
            if (data != null) tasks.put(name, data);
        }
        return new Result(new Dataset(project, tasks), problems.sorted(), warnings.sorted());
    }

    /** The names asked for, and of the tasks that these bring, in the order of the project. */
    static Set<String> chosen(Project project, Collection<String> names) {
        Set<String> all = project.tasks().keySet();
        for (String name : names) {
            if (!all.contains(name)) {
                throw new InputException(
                        "there is no task '" + name + "' in " + project.file() + Choices.instead(name, all));
            }
        }
        if (names.isEmpty()) return all;
        Set<String> wanted = new HashSet<>(names);
        for (String name : names) {
            TaskSpec spec = project.tasks().get(name);
            for (TaskSpec brought : TaskKinds.named(spec.type()).beside(spec)) wanted.add(brought.name());
        }
        Set<String> chosen = new LinkedHashSet<>(all);
        chosen.retainAll(wanted);
        return chosen;
    }

    /** The loading of one task. */
    private static final class Loading {
        private final Project project;
        private final TaskSpec spec;
        private final TaskKind kind;
        private final ProblemList problems;
        private final ProblemList warnings;
        private final SplitReader reader;

        Loading(Project project, TaskSpec spec, ProblemList problems, ProblemList warnings) {
            this.project = project;
            this.spec = spec;
            this.kind = TaskKinds.named(spec.type());
            this.problems = problems;
            this.warnings = warnings;
            this.reader = new SplitReader(project.file(), kind, spec, problems, warnings);
        }

        /** The task's data, or null where there are problems. */
        TaskData load() {
            SplitReader.Split train = reader.read(spec.train(), true);
            SplitReader.Split dev = reader.read(spec.dev(), false);
            SplitReader.Split test = reader.read(spec.test(), false);
            boolean broken = train.broken() || dev.broken() || test.broken();
            if (train.broken()) return null;
            Task task = task(train);
            if (task == null) return null;
            broken |= unknown(task, spec.dev(), dev.examples());
            broken |= unknown(task, spec.test(), test.examples());
            warnIfUnlabelled(spec.dev(), dev);
            warnIfUnlabelled(spec.test(), test);
            if (broken) return null;
            HeldOut.Parts parts = spec.dev() == null
                    ? heldOut(train.examples())
                    : new HeldOut.Parts(dev.examples(), train.examples());
            long skipped = train.skipped() + dev.skipped() + test.skipped();
            return new TaskData(spec, task, parts.train(), parts.dev(), test.examples(), skipped);
        }

        private HeldOut.Parts heldOut(List<Example> train) {
            long seed = project.train().seed();
            if (!kind.readsFolder()) return HeldOut.of(train, seed);
            HeldOut.Parts parts = HeldOut.byText(train, seed);
            return new HeldOut.Parts(kind.measured(parts.dev()), parts.train());
        }

        private Task task(SplitReader.Split train) {
            if (train.examples().isEmpty()) {
                String label = spec.setting("label") == null ? "" : " in '" + spec.setting("label") + "'";
                problems.add(new Problem(
                        spec.train(),
                        0,
                        "task '" + spec.name() + "' has nothing to learn from: none of the file's " + train.skipped()
                                + " rows has a label" + label));
                return null;
            }
            try {
                return kind.create(spec, train.examples());
            } catch (InputException e) {
                problems.add(Problem.of(e, project.file(), spec.line()));
                return null;
            }
        }

        private void warnIfUnlabelled(Path file, SplitReader.Split split) {
            if (split.broken() || split.skipped() == 0 || !split.examples().isEmpty()) return;
            warnings.add(new Problem(
                    file, 0, "none of the " + split.skipped() + " rows has a label: there is nothing to measure by"));
        }

        /** Whether examples of a split do not fit the task, such as a label that training never shows. */
        private boolean unknown(Task task, Path file, List<Example> examples) {
            boolean any = false;
            for (Example example : examples) {
                for (String message : kind.problems(task, example)) {
                    problems.add(new Problem(file, example.line(), message));
                    any = true;
                }
            }
            return any;
        }
    }
}
