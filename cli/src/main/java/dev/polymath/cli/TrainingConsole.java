package dev.polymath.cli;

import dev.polymath.learn.TrainingListener;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how training goes on: a bar with loss, rate and time left on a terminal, and plain lines elsewhere. */
final class TrainingConsole implements TrainingListener, AutoCloseable {
    /** Seconds between plain lines. */
    private static final double PAUSE = 10;
    /** How much of the smoothed loss and rate each step renews. */
    private static final double FRESH = 0.05;

    private final PrintStream err;
    private final boolean terminal;
    private ProgressBar bar;
    private long steps;
    private double loss = Double.NaN;
    private double rate;
    private double stepSeconds;
    private double shown;

    TrainingConsole(PrintStream err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    @Override
    public void begin(long step, long steps) {
        this.steps = steps;
        if (step > 0) err.println("resuming at step " + step + " of " + steps);
        if (!terminal) return;
        bar = new ProgressBarBuilder()
                .setTaskName("training")
                .setInitialMax(steps)
                .startsFrom(step, java.time.Duration.ZERO)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(250)
                .build();
    }

    @Override
    public void step(long step, double loss, long tokens, double seconds) {
        boolean first = Double.isNaN(this.loss);
        this.loss = first ? loss : this.loss + FRESH * (loss - this.loss);
        rate = first ? tokens / seconds : rate + FRESH * (tokens / seconds - rate);
        stepSeconds = first ? seconds : stepSeconds + FRESH * (seconds - stepSeconds);
        if (bar != null) {
            bar.setExtraMessage(String.format(Locale.ROOT, "loss %.3f, %,.0f tokens/s", this.loss, rate));
            bar.stepTo(step);
            return;
        }
        shown += seconds;
        if (shown >= PAUSE || step == steps) {
            shown = 0;
            err.printf(
                    Locale.ROOT,
                    "step %d/%d  loss %.3f  %,.0f tokens/s  %s left%n",
                    step,
                    steps,
                    this.loss,
                    rate,
                    Seconds.text(stepSeconds * (steps - step)));
        }
    }

    @Override
    public void epoch(int epoch, Map<String, Map<String, Double>> metrics, double mean, boolean best) {
        if (metrics.isEmpty()) return;
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT, "epoch %d  dev mean %.2f%s ", epoch, 100 * mean, best ? " (best so far)" : ""));
        metrics.forEach((task, values) -> line.append(String.format(
                Locale.ROOT, " %s %.1f", task, 100 * values.values().iterator().next())));
        if (bar != null) err.println();
        err.println(line);
    }

    @Override
    public void close() {
        if (bar != null) bar.close();
    }
}
