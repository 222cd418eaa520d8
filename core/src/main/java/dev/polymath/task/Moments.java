package dev.polymath.task;

import java.util.stream.DoubleStream;

/**
 * The mean and the standard deviation of all of some numbers (divided by their count, not one less).
 *
 * @param deviation exactly 0 where all numbers are equal
 */
record Moments(double mean, double deviation) {
    /** The moments of the numbers; both 0 of none. */
    static Moments of(double... values) {
        double mean = DoubleStream.of(values).average().orElse(0);
        if (DoubleStream.of(values).allMatch(value -> value == values[0])) return new Moments(mean, 0);
        double squares = DoubleStream.of(values)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElse(0);
        return new Moments(mean, Math.sqrt(squares));
    }
}
