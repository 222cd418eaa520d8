package dev.polymath.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath parts}: what a project file may name. */
@Command(
        name = "parts",
        description = "Lists the parts that a project file may name: one line, paper, knobs with their defaults,"
                + " measured cost, and whether the paper's claim held here.")
final class PartsCommand implements Runnable {
    @Parameters(index = "0", arity = "0..1", paramLabel = "KIND", description = "Only this kind of part.")
    private String kind;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        new PartsTable(spec.commandLine().getOut()).print(kind);
    }
}
