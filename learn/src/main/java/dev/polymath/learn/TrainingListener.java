package dev.polymath.learn;

import java.util.Map;

/** Hears how training goes on; called by the training thread. */
public interface TrainingListener {
    /** Nobody listens. */
    TrainingListener NONE = new TrainingListener() {};

    /** Training begins, or goes on, at a step of so many. */
    default void begin(long step, long steps) {}

    /** The steps that there will be in all have changed: the epochs are not of one length. */
    default void steps(long steps) {}

    /**
     * A step is done.
     *
     * @param step steps done, from 1
     * @param loss the batch's loss
     * @param tokens tokens of the batch, padding not counted
     * @param seconds what the step took
     */
    default void step(long step, double loss, long tokens, double seconds) {}

    /** The balancer's factors in a step, for the tasks that had rows in its batch; 1 where every row counts the same. */
    default void factors(long step, Map<String, Double> factors) {}

    /**
     * An epoch is done and measured.
     *
     * @param epoch epochs done, from 1
     * @param metrics for each task its metrics on the dev rows, the primary first
     * @param mean of the primary metrics
     * @param best whether it is the best so far
     */
    default void epoch(int epoch, Map<String, Map<String, Double>> metrics, double mean, boolean best) {}
}
