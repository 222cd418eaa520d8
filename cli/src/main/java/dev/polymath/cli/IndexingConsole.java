package dev.polymath.cli;

import dev.polymath.data.PassageReader;
import dev.polymath.search.IndexingListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how indexing goes on: a bar with rate and time left on a terminal, and plain lines elsewhere. */
final class IndexingConsole implements IndexingListener, AutoCloseable {
    /** Seconds between plain lines. */
    private static final double PAUSE = 10;

    private final PrintStream err;
    private final boolean terminal;
    private final long lines;
    private BooleanSupplier interrupted = () -> false;
    private ProgressBar bar;
    private long start;
    private long lastShown;
    /** Lines that were passed over before the first document was computed: they take no time to speak of. */
    private long skipped;

    /** @throws dev.polymath.InputException if there is no such collection */
    IndexingConsole(PrintStream err, boolean terminal, Path corpus) {
        this.err = err;
        this.terminal = terminal;
        try (PassageReader reader = PassageReader.of(corpus)) {
            this.lines = count(reader.file());
        }
    }

    /** Stops where this says so. */
    void asking(BooleanSupplier question) {
        interrupted = question;
        start = System.nanoTime();
        lastShown = start;
        if (terminal) {
            bar = new ProgressBarBuilder()
                    .setTaskName("indexing")
                    .setInitialMax(lines)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(250)
                    .build();
        }
    }

    private static long count(Path file) {
        long count = 0;
        byte[] block = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            int last = '\n';
            for (int read = in.read(block); read > 0; read = in.read(block)) {
                for (int i = 0; i < read; i++) if (block[i] == '\n') count++;
                last = block[read - 1];
            }
            return last == '\n' ? count : count + 1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void progress(long line, long added, long kept) {
        if (added == 0) {
            skipped = line;
            start = System.nanoTime();
        }
        double seconds = Math.max(1e-9, (System.nanoTime() - start) / 1e9);
        double rate = added / seconds;
        if (bar != null) {
            bar.setExtraMessage(String.format(Locale.ROOT, "%,.0f documents/s", rate));
            bar.stepTo(line);
            return;
        }
        if ((System.nanoTime() - lastShown) / 1e9 < PAUSE && line < lines) return;
        lastShown = System.nanoTime();
        double left = line == skipped ? Double.NaN : seconds / (line - skipped) * (lines - line);
        err.printf(
                Locale.ROOT,
                "line %d/%d  %,d added%s  %,.0f documents/s%s%n",
                line,
                lines,
                added,
                kept > 0 ? String.format(Locale.ROOT, ", %,d were there", kept) : "",
                rate,
                Double.isNaN(left) ? "" : "  " + Seconds.text(left) + " left");
    }

    @Override
    public boolean stop() {
        return interrupted.getAsBoolean();
    }

    @Override
    public void close() {
        if (bar != null) bar.close();
        bar = null;
    }
}
