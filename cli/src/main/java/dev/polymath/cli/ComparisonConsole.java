package dev.polymath.cli;

import dev.polymath.InputException;
import dev.polymath.learn.TrainingListener;
import dev.polymath.learn.compare.ComparisonListener;
import dev.polymath.learn.compare.Run;
import dev.polymath.learn.compare.RunResult;
import java.io.PrintStream;
import java.util.Locale;

/** Shows how a comparison goes on: two lines a run, with the time left, and a bar within a run on a terminal. */
final class ComparisonConsole implements ComparisonListener, AutoCloseable {
    private final PrintStream err;
    private final boolean terminal;
    private TrainingConsole training;
    private int runs;
    private int reused;
    private int trained;
    private double seconds;

    ComparisonConsole(PrintStream err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    @Override
    public void begin(int runs) {
        this.runs = runs;
        err.println(runs + " runs; those that an earlier comparison made are taken from there");
    }

    @Override
    public TrainingListener training(int number, Run run) {
        err.println(title(number, run) + left(number));
        if (!terminal) return TrainingListener.NONE;
        training = new TrainingConsole(err, true);
        return training;
    }

    @Override
    public void done(int number, Run run, RunResult result, double seconds) {
        close();
        String mean = String.format(Locale.ROOT, "mean %.2f", 100 * result.mean());
        if (seconds == 0) {
            reused++;
            err.println(title(number, run) + ": " + mean + ", made before");
        } else {
            trained++;
            this.seconds += seconds;
            err.println("  " + mean + " in " + Seconds.text(seconds));
        }
        if (number == runs) err.println(trained + " runs trained, " + reused + " taken from earlier comparisons");
    }

    @Override
    public void failed(int number, Run run, Throwable failure) {
        close();
        err.println(title(number, run) + " failed: " + failure.getMessage());
        if (!(failure instanceof InputException)) failure.printStackTrace(err);
    }

    @Override
    public void close() {
        if (training != null) training.close();
        training = null;
    }

    private String title(int number, Run run) {
        return "run " + number + " of " + runs + ": " + run.name() + ", seed " + run.seed();
    }

    /** By the runs so far; those that are still to come may be there already. */
    private String left(int number) {
        if (trained == 0) return "";
        return "; at most about " + Seconds.text(seconds / trained * (runs - number + 1)) + " left";
    }
}
