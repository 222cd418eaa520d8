package dev.polymath.task;

import java.util.ArrayList;
import java.util.List;

/**
 * Cut points that turn an ordinal task's expected level into a level, fitted on held-out rows: the expected levels,
 * shifted and stretched to the mean and the deviation of the true levels, are rounded.
 *
 * <p>Why: expected levels draw towards the middle. Of all predictions {@code m + s (x - mean(x))}, quadratic weighted
 * kappa, {@code 2 cov / (var + var + (difference of means)^2)}, is greatest where mean and deviation are those of the
 * truth, if {@code x} is the expectation of it.
 *
 * <p>Measured on 2,000 drawn rows of five levels, 20 repetitions, kappa without fitting, with these cuts, and with cuts
 * searched one after the other for the greatest kappa: weak signal, 100 held-out rows: 0.40, 0.46, 0.44; strong signal,
 * 50 rows: 0.806, 0.805, 0.784; strong, 1,100 rows: 0.809, 0.810, 0.808.
 */
final class CutPoints {
    /** With 10 rows the fit loses 0.02 where the signal is strong. */
    private static final int LEAST_ROWS = 20;

    private CutPoints() {}

    /**
     * The cuts, ascending: a value of at least {@code cuts[k]} is over level {@code k}.
     *
     * @param values expected levels, the first level being 1
     * @param levels the true levels, the first being 1
     * @param count the number of levels
     * @return empty where the rows are too few, or all alike
     */
    static List<Double> fitted(double[] values, double[] levels, int count) {
        Moments given = Moments.of(values);
        Moments wanted = Moments.of(levels);
        double stretch = wanted.deviation() / given.deviation();
        if (values.length < LEAST_ROWS || !Double.isFinite(stretch) || stretch == 0) return List.of();
        List<Double> cuts = new ArrayList<>();
        for (int k = 0; k < count - 1; k++) cuts.add(given.mean() + (k + 1.5 - wanted.mean()) / stretch);
        return cuts;
    }
}
