package dev.polymath.learn.compare;

/** A run's metric on any choice of a task's test items. */
@FunctionalInterface
public interface ItemMetric {
    /**
     * The metric of these items.
     *
     * <p>Must be safe to call from several threads at once.
     *
     * @param items indices of test items, repeats allowed; not to be kept or changed
     * @return the metric, NaN where these items have none (a correlation of equal numbers)
     */
    double of(int[] items);
}
