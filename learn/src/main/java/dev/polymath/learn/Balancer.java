package dev.polymath.learn;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** How the losses of a batch's tasks become one. A balancer is one class and one line in {@link Balancers}. */
public interface Balancer {
    /**
     * A task's loss in a batch.
     *
     * @param task the task's position in the project
     * @param share the share of the batch's rows that are its own; shares sum to 1
     * @param loss the mean loss over its rows, a scalar
     */
    record TaskLoss(int task, double share, Tensor loss) {}

    /** The loss to descend, a scalar. */
    Tensor combine(List<TaskLoss> losses);
}
