package dev.polymath.learn.compare;

/**
 * A mean over seeds with its 95 % interval.
 *
 * @param mean of the values
 * @param low the interval's lower end; NaN for a single value
 * @param high its upper end; NaN for a single value
 * @param values that it is of
 */
public record Interval(double mean, double low, double high, int values) {}
