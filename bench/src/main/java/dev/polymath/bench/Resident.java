package dev.polymath.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this process as Linux counts it, in MiB. */
final class Resident {
    private static final Path STATUS = Path.of("/proc/self/status");

    private Resident() {}

    /** What it holds now. */
    static double now() {
        return field("VmRSS:");
    }

    /** The most it has held since its start. */
    static double peak() {
        return field("VmHWM:");
    }

    private static double field(String name) {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(name)) return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
            }
            throw new IllegalStateException(STATUS + " has no " + name);
        } catch (IOException e) {
            throw new UncheckedIOException("memory is read from " + STATUS + ", on Linux", e);
        }
    }
}
