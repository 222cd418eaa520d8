package dev.polymath.learn.balance;

import java.util.List;

/**
 * A balancer that looks at the tasks' gradients with respect to the shared weights. All published ones of this kind
 * descend a combination of the gradients whose coefficients follow from their inner products: so that is all they see,
 * and they are arithmetic on small matrices. Heads are updated as with equal weights.
 *
 * <p>Each task's rows go forward and backward by themselves, into a gradient of their own: as much arithmetic as the
 * plain step, in smaller products, and memory for one copy of the shared weights a task.
 */
public non-sealed interface GradientBalancer extends Balancer {
    /**
     * Called once a step.
     *
     * @param losses of the k tasks that have rows in the batch, in the project's order
     * @param products {@code [k, k]}: inner products of their gradients {@code g_t = k share_t grad(loss_t)}; with equal
     *     shares that is each task's own mean gradient
     * @return as many factors {@code a_t}: the step descends {@code (1/k) sum_t a_t g_t}, which is the plain mean over
     *     rows where all are 1
     */
    double[] factors(Step step, List<TaskLoss> losses, double[][] products);
}
