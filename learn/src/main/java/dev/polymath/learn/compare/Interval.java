package dev.polymath.learn.compare;

import java.util.Arrays;
import java.util.Collection;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A mean over seeds with its 95 % interval.
 *
 * @param mean of the values
 * @param low the interval's lower end; NaN for a single value
 * @param high its upper end; NaN for a single value
 * @param values that it is of
 */
public record Interval(double mean, double low, double high, int values) {
    /**
     * Student's interval {@code mean ± t(0.975, n - 1) * s / sqrt(n)}, {@code s} the standard deviation with
     * {@code n - 1} (Student 1908, The Probable Error of a Mean). A value that is NaN makes all NaN: a run whose metric
     * does not exist is not to vanish from a mean.
     *
     * @param values one a seed; of none, all is NaN
     */
    public static Interval of(Collection<Double> values) {
        double[] array = values.stream().mapToDouble(Double::doubleValue).toArray();
        int n = array.length;
        if (n == 0) return new Interval(Double.NaN, Double.NaN, Double.NaN, 0);
        double mean = Arrays.stream(array).sum() / n;
        if (n == 1 || Double.isNaN(mean)) return new Interval(mean, Double.NaN, Double.NaN, n);
        double squares = 0;
        for (double value : array) squares += (value - mean) * (value - mean);
        double error = Math.sqrt(squares / (n - 1) / n);
        double half = TDistribution.of(n - 1).inverseCumulativeProbability(0.975) * error;
        return new Interval(mean, mean - half, mean + half, n);
    }

    /** Half the interval's width; NaN for a single value. */
    public double half() {
        return (high - low) / 2;
    }
}
