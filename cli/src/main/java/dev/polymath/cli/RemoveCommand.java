package dev.polymath.cli;

import dev.polymath.run.ModelFolder;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath remove}: a model without some of its tasks. */
@Command(
        name = "remove",
        description = "Takes tasks out of a model. The answers of the others stay the same to the last bit.")
final class RemoveCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model folder, which stays as it is.")
    private Path model;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "TASK", description = "Names of the tasks to take out.")
    private List<String> tasks;

    @Option(names = "--out", required = true, paramLabel = "MODEL2", description = "The model folder to write.")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        ModelFolder base = ModelFolder.open(model);
        AddCommand.requireOther(model, out);
        base.remove(out, tasks);
        spec.commandLine().getOut().println("model: " + out);
    }
}
