package dev.polymath.learn.compare;

/**
 * How much better one variant is than another by a metric, from a paired test; NaN where there was nothing to test.
 *
 * @param mean of the differences over seeds
 * @param low lower end of the bootstrap's 95 % interval
 * @param high its upper end
 * @param p two-sided, of no difference
 * @param adjusted {@code p} after Holm's correction over the tasks that were tested together
 */
public record Difference(double mean, double low, double high, double p, double adjusted) {
    /** Whether it is no chance at the 5 % level, other tasks' tests counted; never so where it is NaN. */
    public boolean significant() {
        return adjusted < 0.05;
    }
}
