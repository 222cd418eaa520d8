package dev.polymath.learn.compare;

import java.util.List;
import java.util.Map;

/**
 * What a comparison found; what the table and the page show. Metrics are primary ones on the test rows, 0 to 1.
 *
 * @param title the project's or the recipe's name
 * @param metrics the primary metric's name by task, in the project's order
 * @param variants in the order of the grid; the first is what the others are tested against
 * @param seeds of each variant
 * @param alone by task, models of each task alone; empty where none were trained
 * @param facts what else a reader needs: command, date, commit, machine; by name, in order
 */
public record Summary(
        String title,
        Map<String, String> metrics,
        List<Row> variants,
        List<Long> seeds,
        Map<String, Interval> alone,
        Map<String, String> facts) {
    /**
     * A variant.
     *
     * @param name such as {@code balance=gradnorm}
     * @param tasks primary metric by task over its seeds; lacks tasks where all runs failed
     * @param mean of the primary metrics of all tasks, over seeds
     * @param against differences to the first variant by task; empty for the first
     * @param meanAgainst the difference of the means of all tasks; null for the first
     * @param cost of its runs
     * @param failures what went wrong, one line a run that failed
     * @param curves by task, the primary metric on the dev rows after each epoch, mean over seeds
     * @param factors by task, the balancer's factor at points of the run; empty where all are always 1
     */
    public record Row(
            String name,
            Map<String, Interval> tasks,
            Interval mean,
            Map<String, Difference> against,
            Difference meanAgainst,
            Cost cost,
            List<String> failures,
            Map<String, List<Double>> curves,
            Map<String, List<Point>> factors) {}

    /**
     * Means over a variant's runs.
     *
     * @param trained number of weights that learning changed
     * @param seconds in training steps
     * @param tokensPerSecond real tokens, padding not counted
     * @param peakMiB largest resident memory of the process in a run; NaN where the system does not tell
     */
    public record Cost(double trained, double seconds, double tokensPerSecond, double peakMiB) {}

    /**
     * A point of a curve.
     *
     * @param progress share of the run, 0 to 1
     * @param value the curve's there
     */
    public record Point(double progress, double value) {}
}
