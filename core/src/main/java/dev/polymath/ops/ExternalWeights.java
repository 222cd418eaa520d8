package dev.polymath.ops;

import dev.polymath.weights.Array;
import java.util.Map;

/**
 * Weights that graphs find in a file beside them, so that several graphs and a safetensors file share one copy.
 *
 * @param file name of a file in the graph's own folder; runtimes refuse paths that leave it
 * @param ranges where each weight's bytes lie in the file: first byte and length
 */
public record ExternalWeights(String file, Map<String, Range> ranges) {
    /** Smaller weights stay inside the graph: a runtime opens the file for each external one. */
    static final int LARGE = 1 << 16;

    /** A stretch of a file, in bytes. */
    public record Range(long offset, long length) {}

    public ExternalWeights {
        if (file.isEmpty() || file.contains("/") || file.contains("\\") || file.equals("..")) {
            throw new IllegalArgumentException("not the name of a file beside the graph: " + file);
        }
        ranges = Map.copyOf(ranges);
    }

    OnnxGraph.Storage.Place place(String weight, Array array) {
        Range range = ranges.get(weight);
        int bytes = array.data().remaining();
        if (range == null || bytes < LARGE) return null;
        if (range.length() != bytes) {
            throw new IllegalArgumentException(
                    weight + " takes " + bytes + " bytes, " + file + " has " + range.length());
        }
        return new OnnxGraph.Storage.Place(file, range.offset(), range.length());
    }
}
