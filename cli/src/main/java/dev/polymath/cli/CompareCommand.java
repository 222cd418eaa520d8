package dev.polymath.cli;

import dev.polymath.project.Assignment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code polymath compare}: a project and what to vary in, or a recipe; a table of differences out. */
@Command(
        name = "compare",
        description = "Trains variants of a project with several seeds and tests their differences."
                + " PROJECT may also be a recipe: a published claim with the comparison that tries it.")
final class CompareCommand implements Callable<Integer> {
    @Mixin
    private ProjectOptions options;

    @Option(
            names = "--vary",
            paramLabel = "KEY=VALUE,VALUE",
            description = "Values to try, such as balance=equal,gradnorm; the first is what the others are tested"
                    + " against. Given more than once, all combinations are tried.")
    private List<String> vary = new ArrayList<>();

    @Option(names = "--seeds", paramLabel = "N", description = "Runs of each variant (default: 3, or the recipe's).")
    private Integer seeds;

    @Option(
            names = "--test-rows",
            paramLabel = "N",
            description = "Compare on at most so many test rows of each task, the same ones (default: all).")
    private Integer testRows;

    @Option(
            names = "--runs",
            paramLabel = "DIR",
            description = "Where results of runs are kept, for this and other comparisons"
                    + " (default: ~/.cache/polymath/runs).")
    private Path runs;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where tables go (default for a recipe: comparisons/NAME).")
    private Path out;

    @Spec
    private CommandSpec spec;

    /**
     * What was asked for.
     *
     * @param file a project or a recipe
     * @param seeds null for the default
     * @param testRows null for the default
     * @param runs null for the default
     * @param out null for the default
     * @param command the whole command line
     */
    record Asked(
            Path file,
            List<Assignment> set,
            List<String> tasks,
            List<String> vary,
            Integer seeds,
            Integer testRows,
            Path runs,
            Path out,
            String command) {}

    @Override
    public Integer call() {
        Asked asked = new Asked(
                options.file, options.assignments(), options.tasks, vary, seeds, testRows, runs, out, command());
        return new Comparing(asked, spec.commandLine().getOut()).run();
    }

    private String command() {
        StringBuilder command = new StringBuilder("polymath");
        for (String argument : spec.root().commandLine().getParseResult().originalArgs()) {
            boolean plain = argument.matches("[A-Za-z0-9_./=,:+-]+");
            command.append(' ').append(plain ? argument : "'" + argument.replace("'", "'\\''") + "'");
        }
        return command.toString();
    }
}
