package dev.polymath.task;

import java.util.List;

/** How far two sequences of labels, or of levels, agree. Each measure of no items is 0. */
public final class Agreement {
    private Agreement() {}

    /** The share of items that are equal. */
    public static double accuracy(List<?> gold, List<?> predicted) {
        checkSizes(gold, predicted);
        if (gold.isEmpty()) return 0;
        int equal = 0;
        for (int i = 0; i < gold.size(); i++) if (gold.get(i).equals(predicted.get(i))) equal++;
        return (double) equal / gold.size();
    }

    /** The mean of {@code |gold - predicted|}, in levels. */
    public static double meanAbsoluteError(List<Integer> gold, List<Integer> predicted) {
        checkSizes(gold, predicted);
        if (gold.isEmpty()) return 0;
        long sum = 0;
        for (int i = 0; i < gold.size(); i++) sum += Math.abs(gold.get(i) - predicted.get(i));
        return (double) sum / gold.size();
    }

    /**
     * Cohen's kappa with quadratic weights: {@code 1 - sum (i-j)^2 observed_ij / sum (i-j)^2 expected_ij} (J. Cohen,
     * Psychological Bulletin 70, 1968).
     *
     * @param gold levels from 0
     * @param predicted levels from 0
     * @return at most 1; 0 where all items on both sides are of one level, for nothing then tells agreement from chance
     */
    public static double quadraticKappa(List<Integer> gold, List<Integer> predicted) {
        checkSizes(gold, predicted);
        int levels = 0;
        for (int i = 0; i < gold.size(); i++) levels = Math.max(levels, Math.max(gold.get(i), predicted.get(i)) + 1);
        double[][] confusion = new double[levels][levels];
        for (int i = 0; i < gold.size(); i++) confusion[gold.get(i)][predicted.get(i)]++;
        return quadraticKappa(confusion);
    }

    /** The same of counts {@code confusion[gold][predicted]}. */
    static double quadraticKappa(double[][] confusion) {
        int levels = confusion.length;
        double[] golds = new double[levels];
        double[] predictions = new double[levels];
        double items = 0;
        for (int i = 0; i < levels; i++) {
            for (int j = 0; j < levels; j++) {
                golds[i] += confusion[i][j];
                predictions[j] += confusion[i][j];
                items += confusion[i][j];
            }
        }
        double observed = 0;
        double expected = 0;
        for (int i = 0; i < levels; i++) {
            for (int j = 0; j < levels; j++) {
                double weight = (double) (i - j) * (i - j);
                observed += weight * confusion[i][j];
                expected += weight * golds[i] * predictions[j] / items;
            }
        }
        return expected > 0 ? 1 - observed / expected : 0;
    }

    static void checkSizes(List<?> gold, List<?> predicted) {
        if (gold.size() != predicted.size()) {
            throw new IllegalArgumentException(
                    "there are " + predicted.size() + " predictions for " + gold.size() + " items");
        }
    }
}
