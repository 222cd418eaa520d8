package dev.polymath.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.learn.ProjectTraining;
import dev.polymath.learn.TrainingStopped;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code polymath train}: a project file in, a model folder out. */
@Command(name = "train", description = "Trains one model for all tasks of a project.")
final class TrainCommand implements Callable<Integer> {
    @Mixin
    private ProjectOptions options;

    @Option(names = "--out", required = true, paramLabel = "MODEL", description = "The model folder to write.")
    private Path out;

    @Option(names = "--resume", description = "Goes on from the checkpoint that an interrupted run left.")
    private boolean resume;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Project project = ProjectReader.read(options.file, options.assignments());
        return train(
                project,
                Dataset.load(project, options.tasks),
                out,
                resume,
                spec.commandLine().getOut());
    }

    /** Trains and prints the table of results; gives the exit code. */
    static int train(Project project, Dataset dataset, Path out, boolean resume, PrintWriter print) {
        try (Interruption interruption = new Interruption();
                TrainingConsole console = new TrainingConsole(System.err, System.console() != null)) {
            ProjectTraining training = new ProjectTraining(project, dataset, out);
            if (!resume && training.hasCheckpoint()) {
                throw new InputException("an interrupted run left a checkpoint in " + training.checkpoint()
                        + "; go on from it with --resume, or delete it to begin anew");
            }
            ObjectNode report = training.run(resume, console, interruption);
            console.close();
            print.println();
            print.print(Reports.table(report, "test"));
            print.println();
            print.println("model: " + out);
            print.flush();
            return 0;
        } catch (TrainingStopped stopped) {
            System.err.println();
            System.err.println("stopped at step " + stopped.step() + "; go on with the same command and --resume");
            return Main.INTERRUPTED;
        }
    }
}
