package dev.polymath.project;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a split of a task holds.
 *
 * @param name {@code train}, {@code dev} or {@code test}
 * @param file where its rows come from
 * @param rows how many have a label
 * @param labels how often each occurs, most frequent first; empty for numbers
 * @param numbers of the rows, or null where labels are names
 * @param lengths of the texts
 * @param cut how many texts are longer than {@code max_tokens}
 * @param repeated how many rows have the text or texts of an earlier row of the split
 * @param shared by the name of an earlier split, how many rows have the text or texts of one of its rows
 */
public record SplitReport(
        String name,
        Path file,
        int rows,
        Map<String, Long> labels,
        Numbers numbers,
        Lengths lengths,
        int cut,
        int repeated,
        Map<String, Integer> shared) {
    public SplitReport {
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        shared = Collections.unmodifiableMap(new LinkedHashMap<>(shared));
    }

    /** The least, the mean and the largest of the numbers that a task learns. */
    public record Numbers(double least, double mean, double most) {}

    /** Half of the texts are at most {@code p50} long, 95 of a hundred at most {@code p95}, all at most {@code max}. */
    public record Lengths(int p50, int p95, int max) {
        /** @param sorted lengths in ascending order, at least one */
        static Lengths of(List<Integer> sorted) {
            return new Lengths(rank(sorted, 50), rank(sorted, 95), sorted.get(sorted.size() - 1));
        }

        /** The nearest-rank percentile. */
        private static int rank(List<Integer> sorted, int percent) {
            return sorted.get((int) Math.max(0, ((long) sorted.size() * percent + 99) / 100 - 1));
        }
    }
}
