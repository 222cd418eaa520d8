package dev.polymath.learn.compare;

import java.util.Collection;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How a summary estimates and tests.
 *
 * @param <S> a variant's metric on the test items and on resamples of them
 */
interface Statistics<S> {
    /** The mean of a value a seed, with its interval; of none, all is NaN. */
    Interval interval(Collection<Double> values);

    /**
     * Measures a variant's runs on resamples of a task's test items.
     *
     * @param items number of test items
     * @param metrics by seed, a run's metric of items, repeats allowed
     */
    S resample(String task, int items, Map<Long, ToDoubleFunction<int[]>> metrics);

    /** The mean over tasks, resample by resample. */
    S mean(Collection<S> tasks);

    /** A variant against another, not yet corrected. */
    Difference compare(S variant, S other);

    /** The differences of tasks that are tested together, corrected. */
    Map<String, Difference> adjust(Map<String, Difference> differences);
}
