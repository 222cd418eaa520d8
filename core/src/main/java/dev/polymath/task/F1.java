package dev.polymath.task;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The harmonic mean of precision and recall, {@code 2 hits / (predicted + gold)}, 0 where there is neither; averages as
 * scikit-learn's {@code f1_score} has them.
 */
public final class F1 {
    private F1() {}

    /** F1 from counts: right predictions, all predictions, all that should have been predicted. */
    public static double of(long hits, long predicted, long gold) {
        return predicted + gold == 0 ? 0 : 2.0 * hits / (predicted + gold);
    }

    /** The mean over labels, those that occur in either list, of the label's F1. */
    public static double macro(List<String> gold, List<String> predicted) {
        Set<String> labels = new TreeSet<>(gold);
        labels.addAll(predicted);
        return macro(labels, singletons(gold), singletons(predicted));
    }

    /** The mean of the F1 of each of the labels, in rows that have any number of them. */
    public static double macro(Collection<String> labels, List<Set<String>> gold, List<Set<String>> predicted) {
        Agreement.checkSizes(gold, predicted);
        Map<String, long[]> counts = new HashMap<>();
        for (String label : labels) counts.put(label, new long[3]);
        for (int i = 0; i < gold.size(); i++) {
            for (String label : predicted.get(i)) {
                if (gold.get(i).contains(label)) count(counts, label, 0);
                count(counts, label, 1);
            }
            for (String label : gold.get(i)) count(counts, label, 2);
        }
        return counts.values().stream()
                .mapToDouble(count -> of(count[0], count[1], count[2]))
                .average()
                .orElse(0);
    }

    /** The F1 of all labels of all rows counted together. */
    public static double micro(List<Set<String>> gold, List<Set<String>> predicted) {
        Agreement.checkSizes(gold, predicted);
        long hits = 0;
        long predictions = 0;
        long golds = 0;
        for (int i = 0; i < gold.size(); i++) {
            predictions += predicted.get(i).size();
            golds += gold.get(i).size();
            for (String label : predicted.get(i)) if (gold.get(i).contains(label)) hits++;
        }
        return of(hits, predictions, golds);
    }

    /** Counts where the label is one of those asked for: hits, predictions, golds. */
    private static void count(Map<String, long[]> counts, String label, int what) {
        long[] of = counts.get(label);
        if (of != null) of[what]++;
    }

    private static List<Set<String>> singletons(List<String> labels) {
        return labels.stream().map(Set::of).toList();
    }
}
