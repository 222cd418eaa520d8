package dev.polymath.learn.balance;

import java.util.List;

/** A balancer that looks at the tasks' losses alone: it costs next to nothing. Its factors act on heads too. */
public non-sealed interface LossBalancer extends Balancer {
    /**
     * Called once a step, before gradients are computed.
     *
     * @param losses of the tasks that have rows in the batch, in the project's order
     * @return as many factors, 0 or more, finite; 1 for every task is the plain mean over rows
     */
    double[] factors(Step step, List<TaskLoss> losses);

    /** Whether it must see the same batch's losses again once the weights are updated: a second forward pass a step. */
    default boolean looksBack() {
        return false;
    }

    /** The batch's losses after the update, where {@link #looksBack}. */
    default void after(Step step, List<TaskLoss> losses) {}
}
