package dev.polymath.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.learn.ProjectTraining;
import dev.polymath.learn.TrainingStopped;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import java.io.PrintWriter;
import java.nio.file.Path;

/**
 * The training that {@code train} and {@code demo} run. It stands apart from them because every command is loaded at the
 * start, also by {@code predict}, which runs without the module learn.
 */
final class Training {
    private Training() {}

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
