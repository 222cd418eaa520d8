package dev.polymath.cli;

import dev.polymath.run.WrongPassages;
import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how the search for wrong passages goes on: a bar on a terminal, and plain lines elsewhere. */
final class MiningConsole implements WrongPassages.Progress, AutoCloseable {
    /** Seconds between plain lines. */
    private static final double PAUSE = 10;

    private final PrintStream err;
    private final boolean terminal;
    private ProgressBar bar;
    private String under = "";
    private long start;
    private long lastShown;

    MiningConsole(PrintStream err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    @Override
    public void at(String what, int done, int of) {
        long now = System.nanoTime();
        if (!what.equals(under)) begin(what, of, now);
        if (bar != null) {
            bar.stepTo(done);
            return;
        }
        if ((now - lastShown) / 1e9 < PAUSE && done < of) return;
        lastShown = now;
        double left = (now - start) / 1e9 / Math.max(1, done) * (of - done);
        err.printf(Locale.ROOT, "%s %,d/%,d%s%n", what, done, of, done < of ? "  " + Seconds.text(left) + " left" : "");
    }

    private void begin(String what, int of, long now) {
        close();
        under = what;
        start = now;
        lastShown = now;
        if (!terminal) return;
        bar = new ProgressBarBuilder()
                .setTaskName(what)
                .setInitialMax(of)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(250)
                .build();
    }

    @Override
    public void close() {
        if (bar != null) bar.close();
        bar = null;
    }
}
