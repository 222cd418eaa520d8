package dev.polymath.task;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * How much better one way is than another on the same items, queries for instance, by the mean of a measure that each item
 * has; with what these items would make by chance.
 *
 * <p>The paired bootstrap (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapters 13 and 16; for retrieval,
 * Smucker, Allan and Carterette 2007): a round draws as many items as there are, with replacement, and takes the mean of
 * their differences. The interval is the percentile one. The p-value is the smallest level whose interval leaves 0 out: {@code
 * 2 (1 + min(rounds at or below 0, rounds at or above 0)) / (1 + rounds)}, at most 1.
 *
 * @param mean of the differences, one less the other
 * @param low lower end of the 95 % interval
 * @param high upper end
 * @param p two-sided, not corrected for other tests
 */
public record PairedDifference(double mean, double low, double high, double p) {
    private static final int ROUNDS = 10_000;
    private static final double TAIL = 0.025;
    /** Means that should be 0 are off by a few ulps, to either side. */
    private static final double ZERO = 1e-12;

    /**
     * Compares the measures of two ways. The same numbers give the same result.
     *
     * @param one a measure by item
     * @param other that of the same items in the same order, at least one
     */
    public static PairedDifference of(double[] one, double[] other) {
        if (one.length != other.length || one.length == 0) {
            throw new IllegalArgumentException(one.length + " and " + other.length + " measures are no pairs");
        }
        double[] differences = new double[one.length];
        for (int i = 0; i < one.length; i++) differences[i] = one[i] - other[i];
        double[] means = new double[ROUNDS];
        SplittableRandom random = new SplittableRandom(13);
        for (int round = 0; round < ROUNDS; round++) {
            double sum = 0;
            for (int i = 0; i < differences.length; i++) sum += differences[random.nextInt(differences.length)];
            means[round] = sum / differences.length;
        }
        Arrays.sort(means);
        double mean = Arrays.stream(differences).average().orElseThrow();
        return new PairedDifference(mean, quantile(means, TAIL), quantile(means, 1 - TAIL), p(means));
    }

    private static double p(double[] means) {
        long below = Arrays.stream(means).filter(each -> each <= ZERO).count();
        long above = Arrays.stream(means).filter(each -> each >= -ZERO).count();
        return Math.min(1, 2.0 * (1 + Math.min(below, above)) / (1 + means.length));
    }

    /** Of sorted values, between neighbours by a straight line. */
    private static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        return sorted[below] + (place - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
    }
}
