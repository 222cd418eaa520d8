package dev.polymath.project;

import dev.polymath.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Finds everything that can be found wrong before training, in the project file and in every data file. */
public final class Check {
    private Check() {}

    /**
     * Checks a project.
     *
     * @param assignments values that replace those of the file
     * @param tasks names of those to check; none means all
     * @param length what texts are measured in
     * @throws InputException if there is no task of such a name; names the nearest
     */
    public static Report report(Path yaml, List<Assignment> assignments, Collection<String> tasks, TextLength length) {
        ProjectReader.Result read = ProjectReader.check(yaml, assignments);
        ProblemList problems = new ProblemList();
        ProblemList warnings = new ProblemList();
        problems.addAll(read.problems());
        List<TaskReport> reports = new ArrayList<>();
        if (read.project() != null) {
            Dataset.Result data = Dataset.check(read.project(), tasks);
            problems.addAll(data.problems());
            warnings.addAll(data.warnings());
            Set<String> names = Dataset.chosen(read.project(), tasks);
            for (String name : names) {
                TaskData task = data.dataset().tasks().get(name);
                reports.add(
                        task == null
                                ? new TaskReport(
                                        name, read.project().tasks().get(name).type(), 0, List.of())
                                : report(task, length, read.project().train().maxTokens(), warnings));
            }
        }
        return new Report(yaml, length.unit(), reports, problems.sorted(), warnings.sorted());
    }

    private static TaskReport report(TaskData task, TextLength length, int maxTokens, ProblemList warnings) {
        TaskSpec spec = task.spec();
        Path dev = spec.dev() == null ? spec.train() : spec.dev();
        List<SplitCheck> checks = new ArrayList<>();
        checks.add(new SplitCheck("train", spec.train(), task.train(), warnings));
        if (!task.dev().isEmpty()) checks.add(new SplitCheck("dev", dev, task.dev(), warnings));
        if (!task.test().isEmpty()) checks.add(new SplitCheck("test", spec.test(), task.test(), warnings));
        List<SplitReport> splits = new ArrayList<>();
        for (int i = 0; i < checks.size(); i++) {
            splits.add(checks.get(i).report(checks.subList(0, i), length, maxTokens));
        }
        return new TaskReport(spec.name(), spec.type(), task.skipped(), splits);
    }
}
