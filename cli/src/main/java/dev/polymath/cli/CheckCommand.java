package dev.polymath.cli;

import dev.polymath.learn.ProjectTraining;
import dev.polymath.project.Check;
import dev.polymath.project.Problem;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.project.Report;
import dev.polymath.project.TextLength;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code polymath check}: everything that can be found wrong before training, and what was read. */
@Command(name = "check", description = "Finds everything that is wrong with a project before training.")
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private ProjectOptions options;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Report report = Check.report(options.file, options.assignments(), options.tasks, TextLength.words());
        List<Problem> problems = new ArrayList<>(report.problems());
        Project project =
                ProjectReader.check(options.file, options.assignments()).project();
        if (project != null) {
            problems.addAll(ProjectTraining.problems(project));
        }
        report = new Report(report.file(), report.unit(), report.tasks(), problems, report.warnings());
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? report.toJson().toPrettyString() : report.toText());
        out.flush();
        return problems.isEmpty() ? 0 : 2;
    }
}
