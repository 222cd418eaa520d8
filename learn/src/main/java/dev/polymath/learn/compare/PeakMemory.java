package dev.polymath.learn.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The largest resident memory of this process since it was last asked to forget it; Linux alone tells. */
public final class PeakMemory {
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";

    private final boolean forgot;

    /** Forgets the peak so far: that of an earlier run. */
    public PeakMemory() {
        boolean done = false;
        try {
            Files.writeString(CLEAR, "5", StandardOpenOption.WRITE);
            done = true;
        } catch (IOException | UnsupportedOperationException e) {
            // Another system, or one that keeps its processes from it.
        }
        forgot = done;
    }

    /** In MiB; NaN where the system does not tell, or would not forget. */
    public double mebibytes() {
        if (!forgot) return Double.NaN;
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(PEAK)) return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        } catch (IOException | NumberFormatException e) {
            return Double.NaN;
        }
        return Double.NaN;
    }
}
