package dev.polymath.cli;

import dev.polymath.run.ModelDifference;
import dev.polymath.run.ModelFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath diff}: which tasks answer alike in two models, to the last bit, and what changed for the others. */
@Command(name = "diff", description = "Shows what changed from one model to another, task by task.")
final class DiffCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "MODEL", description = "A model folder.")
    private Path first;

    @Parameters(index = "1", paramLabel = "MODEL2", description = "Another model folder.")
    private Path second;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        ModelDifference difference = ModelDifference.of(ModelFolder.open(first), ModelFolder.open(second));
        PrintWriter out = spec.commandLine().getOut();
        list(out, "the same to the last bit", difference.same());
        list(out, "added", difference.added());
        list(out, "removed", difference.removed());
        for (Map.Entry<String, List<String>> task : difference.changed().entrySet()) {
            out.println("changed: " + task.getKey() + " (" + String.join(", ", task.getValue()) + ")");
        }
    }

    private static void list(PrintWriter out, String what, List<String> tasks) {
        if (!tasks.isEmpty()) out.println(what + ": " + String.join(", ", tasks));
    }
}
