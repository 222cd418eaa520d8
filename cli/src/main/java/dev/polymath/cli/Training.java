package dev.polymath.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.learn.Beginnings;
import dev.polymath.learn.ProjectTraining;
import dev.polymath.learn.TrainingStopped;
import dev.polymath.project.Dataset;
import dev.polymath.project.Problem;
import dev.polymath.project.Project;
import dev.polymath.run.ModelFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The training that {@code train} and {@code demo} run. It stands apart from them because every command is loaded at the
 * start, also by {@code predict}, which runs without the module learn.
 */
final class Training {
    private static final String RESUME = "go on with the same command and --resume";

    private Training() {}

    /**
     * The data to learn from.
     *
     * @param tasks names of tasks; none means all
     * @throws InputException with everything that {@code check} would find wrong, one a line
     */
    static Dataset load(Project project, List<String> tasks) {
        Dataset.Result read = Dataset.check(project, tasks);
        List<Problem> problems = new ArrayList<>(ProjectTraining.problems(project));
        problems.addAll(read.problems());
        if (!problems.isEmpty()) {
            throw new InputException(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        }
        for (Problem warning : read.warnings()) System.err.println("polymath: warning: " + warning);
        return read.dataset();
    }

    /** Trains and prints the table of results; gives the exit code. Goes on from a checkpoint if there is one. */
    static int trainOrResume(Project project, Dataset dataset, Path out, PrintWriter print) {
        ProjectTraining training = new ProjectTraining(project, dataset, out);
        return train(training, out, training.hasCheckpoint(), "go on with the same command", print);
    }

    /** Trains and prints the table of results; gives the exit code. */
    static int train(Project project, Dataset dataset, Path out, boolean resume, PrintWriter print) {
        return train(new ProjectTraining(project, dataset, out), out, resume, RESUME, print);
    }

    /** Trains tasks that come to a model, and prints the table of all its results; gives the exit code. */
    static int add(
            ModelFolder base,
            Project project,
            Dataset dataset,
            Origins origins,
            Path out,
            boolean resume,
            PrintWriter print) {
        Beginnings beginnings = new Beginnings(base, dataset.tasks().keySet());
        origins.like().forEach(beginnings::like);
        origins.adapters().forEach(beginnings::adapter);
        return train(new ProjectTraining(project, dataset, base, beginnings, out), out, resume, RESUME, print);
    }

    private static int train(ProjectTraining training, Path out, boolean resume, String advice, PrintWriter print) {
        // Closed last: once it is, an interrupted process may end, and what it has to say must have been said.
        try (Interruption interruption = new Interruption()) {
            return train(training, interruption, out, resume, advice, print);
        }
    }

    private static int train(
            ProjectTraining training,
            Interruption interruption,
            Path out,
            boolean resume,
            String advice,
            PrintWriter print) {
        try (TrainingConsole console = new TrainingConsole(System.err, System.console() != null)) {
            ObjectNode report = training.run(resume, console, interruption);
            console.close();
            print.println();
            print.print(Reports.table(report, "test"));
            print.print(Reports.nested(report));
            print.println();
            print.println("model: " + out);
            print.flush();
            return 0;
        } catch (TrainingStopped stopped) {
            System.err.println();
            System.err.println("stopped at step " + stopped.step() + "; " + advice);
            return Main.INTERRUPTED;
        }
    }
}
