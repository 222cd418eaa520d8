package dev.polymath.task;

import java.util.stream.IntStream;

/** Correlation of two sequences of numbers. 0 where either is constant, or has fewer than two items. */
public final class Correlation {
    private Correlation() {}

    /** Pearson's coefficient: covariance over the product of the standard deviations (K. Pearson, 1895). */
    public static double pearson(double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException("there are " + y.length + " numbers for " + x.length + " items");
        }
        double[] dx = centred(x);
        double[] dy = centred(y);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < x.length; i++) {
            xy += dx[i] * dy[i];
            xx += dx[i] * dx[i];
            yy += dy[i] * dy[i];
        }
        if (xx == 0 || yy == 0) return 0;
        return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
    }

    /** Spearman's coefficient: Pearson's of the ranks, equal numbers sharing their mean rank (C. Spearman, 1904). */
    public static double spearman(double[] x, double[] y) {
        return pearson(ranks(x), ranks(y));
    }

    /** Ranks from 1; equal numbers get the mean of the ranks that they take together. */
    static double[] ranks(double[] x) {
        int[] order = IntStream.range(0, x.length)
                .boxed()
                .sorted((a, b) -> Double.compare(x[a], x[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] ranks = new double[x.length];
        for (int from = 0; from < order.length; ) {
            int to = from + 1;
            while (to < order.length && x[order[to]] == x[order[from]]) to++;
            for (int i = from; i < to; i++) ranks[order[i]] = (from + 1 + to) / 2.0;
            from = to;
        }
        return ranks;
    }

    /** Differences from the mean, scaled so that the largest is 1; exactly 0 where all numbers are equal. */
    private static double[] centred(double[] x) {
        double[] result = new double[x.length];
        double most = 0;
        boolean constant = true;
        for (double value : x) {
            constant &= value == x[0];
            most = Math.max(most, Math.abs(value));
        }
        if (constant) return result;
        double mean = 0;
        for (double value : x) mean += value / most / x.length;
        double largest = 0;
        for (int i = 0; i < x.length; i++) {
            result[i] = x[i] / most - mean;
            largest = Math.max(largest, Math.abs(result[i]));
        }
        for (int i = 0; i < x.length; i++) result[i] /= largest;
        return result;
    }
}
