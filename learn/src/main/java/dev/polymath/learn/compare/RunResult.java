package dev.polymath.learn.compare;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The outcome of one run: of a training with one seed, measured on the test rows.
 *
 * @param tasks by name, in the project's order
 * @param dev after each epoch, each task's primary metric on its dev rows
 * @param factors by task, the balancer's factor at 50 points of the run at most; empty where all are always 1
 * @param cost of the run
 */
public record RunResult(
        Map<String, Measured> tasks,
        List<Map<String, Double>> dev,
        Map<String, List<Summary.Point>> factors,
        Summary.Cost cost) {
    /**
     * A task, measured.
     *
     * @param metrics the primary one first
     * @param rows digest of the test rows: runs are paired only where it is the same
     * @param answers to the test rows, in their order
     */
    public record Measured(Map<String, Double> metrics, String rows, StoredAnswers answers) {
        /** The primary metric. */
        public double primary() {
            Iterator<Double> values = metrics.values().iterator();
            return values.hasNext() ? values.next() : Double.NaN;
        }

        /** Number of test rows. */
        int items() {
            return answers.values().size();
        }
    }

    /** The mean of the tasks' primary metrics. */
    public double mean() {
        return tasks.values().stream().mapToDouble(Measured::primary).average().orElse(Double.NaN);
    }
}
