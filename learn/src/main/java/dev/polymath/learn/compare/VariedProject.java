package dev.polymath.learn.compare;

import dev.polymath.InputException;
import dev.polymath.learn.ProjectTraining;
import dev.polymath.learn.TaskRows;
import dev.polymath.project.Assignment;
import dev.polymath.project.Dataset;
import dev.polymath.project.Problem;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.project.TaskData;
import dev.polymath.project.TaskSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A project file as each variant has it, with the data. */
final class VariedProject {
    private final Path file;
    private final List<Assignment> set;
    private final List<String> tasks;
    private final int testRows;
    /** The last data that were read: most variants have the same. */
    private Dataset last;

    private long lastSeed;

    /**
     * @param set values that all variants have
     * @param tasks names of the tasks to take; none means all
     * @param testRows the most test rows of a task
     */
    VariedProject(Path file, List<Assignment> set, List<String> tasks, int testRows) {
        this.file = file;
        this.set = set;
        this.tasks = tasks;
        this.testRows = testRows;
    }

    /** @throws InputException with every problem */
    Project project(Variant variant) {
        return ProjectReader.read(file, assignments(variant));
    }

    /** @throws InputException with every problem */
    Project project(Variant variant, long seed) {
        List<Assignment> all = assignments(variant);
        all.add(new Assignment("train.seed", Long.toString(seed)));
        return ProjectReader.read(file, all);
    }

    private List<Assignment> assignments(Variant variant) {
        return new ArrayList<>(
                Stream.concat(set.stream(), variant.settings().stream()).toList());
    }

    /** @throws InputException with every problem */
    Dataset dataset(Project project) {
        boolean same = last != null
                && lastSeed == project.train().seed()
                && last.project().tasks().equals(project.tasks());
        if (!same) {
            last = null;
            last = cut(Dataset.load(project, tasks));
            lastSeed = project.train().seed();
        }
        return last;
    }

    private Dataset cut(Dataset all) {
        Map<String, TaskData> cut = new LinkedHashMap<>();
        all.tasks().forEach((name, task) -> cut.put(name, task.withTest(TaskRows.some(task.test(), testRows))));
        return new Dataset(all.project(), cut);
    }

    /** @throws InputException with everything that is wrong with any variant, one a line */
    void check(List<Variant> variants) {
        Map<String, Set<String>> problems = new LinkedHashMap<>();
        Map<Map<String, TaskSpec>, List<String>> dataProblems = new LinkedHashMap<>();
        for (Variant variant : variants) {
            for (String message : problems(variant, dataProblems)) {
                problems.computeIfAbsent(message, text -> new LinkedHashSet<>()).add(variant.name());
            }
        }
        if (problems.isEmpty()) return;
        List<String> lines = new ArrayList<>();
        problems.forEach((message, names) -> {
            if (names.size() == variants.size()) lines.add(message);
            else names.forEach(name -> lines.add("variant '" + name + "': " + message));
        });
        throw new InputException(String.join("\n", lines));
    }

    private List<String> problems(Variant variant, Map<Map<String, TaskSpec>, List<String>> data) {
        ProjectReader.Result read = ProjectReader.check(file, assignments(variant));
        List<Problem> problems = new ArrayList<>(read.problems());
        Project project = read.project();
        if (project != null) problems.addAll(ProjectTraining.problems(project));
        List<String> messages = new ArrayList<>(
                problems.stream().map(problem -> message(problem, variant)).toList());
        // What is wrong with the data is told once, and only where it is known what they are.
        if (project != null && read.problems().isEmpty()) {
            messages.addAll(data.computeIfAbsent(project.tasks(), specs -> dataProblems(project)));
        }
        return messages;
    }

    /** Without the setting that every variant's name has. */
    private static String message(Problem problem, Variant variant) {
        String message = problem.toString();
        for (Assignment setting : variant.settings()) {
            String prefix = "--set " + setting + ": ";
            if (message.startsWith(prefix)) return message.substring(prefix.length());
        }
        return message;
    }

    private List<String> dataProblems(Project project) {
        String missing = missingFolder(project.tasks().values());
        if (missing != null) return List.of(file + ": " + missing);
        Dataset.Result read = Dataset.check(project, tasks);
        List<String> messages =
                new ArrayList<>(read.problems().stream().map(Problem::toString).toList());
        read.dataset().tasks().forEach((name, task) -> {
            if (!task.test().isEmpty()) return;
            messages.add(InputException.at(
                            file,
                            task.spec().line(),
                            "task '" + name + "' has no test rows, which variants are compared on; give it a test file,"
                                    + " or leave it out with --tasks")
                    .getMessage());
        });
        return messages;
    }

    /** What to say where a folder that all data are in is not there: one message in place of one a file; else null. */
    private static String missingFolder(Collection<TaskSpec> specs) {
        Set<Path> missing = new TreeSet<>();
        int files = 0;
        for (TaskSpec spec : specs) {
            for (Path data : Stream.of(spec.train(), spec.dev(), spec.test())
                    .filter(Objects::nonNull)
                    .toList()) {
                files++;
                Path absent = null;
                for (Path at = data; at != null && !Files.exists(at); at = at.getParent()) absent = at;
                if (absent != null) missing.add(absent);
            }
        }
        boolean one = missing.size() == 1 && files > 1;
        return one ? "there is no " + missing.iterator().next() + ", where the data of its tasks are to be" : null;
    }
}
