package dev.polymath.learn.balance;

import java.util.List;

/**
 * Homoscedastic uncertainty: a log-variance {@code s_t} for each task is learned beside the network, on the objective
 * {@code sum_t exp(-s_t) loss_t + s_t}. The factor is {@code exp(-s_t)}; it comes to rest at {@code 1 / loss_t}. All
 * {@code s_t} begin at 0, which is the plain mean.
 *
 * <p>The published objective of a regression task is half of this one, and that of a classification task has
 * {@code s_t / 2}; both are left out: losses are in units of their chance level here, whatever the kind of task.
 * {@code s_t} stays within {@code ±log 1000}, so that a loss of 0 gives a finite factor.
 *
 * <p>Knob {@code learning_rate}, 0.01: Adam's, by which {@code s_t} moves in a step at most. The network's own rate, with
 * which the paper learns {@code s_t}, is 1e-4 for a pre-trained backbone, and would move it nowhere in a run of a
 * thousand steps; with 0.01 a factor can change by {@code e} in 100.
 *
 * <p>Kendall, Gal and Cipolla 2018, Multi-Task Learning Using Uncertainty to Weigh Losses, arXiv:1705.07115.
 */
public final class UncertaintyBalancer implements LossBalancer {
    private static final double LIMIT = Math.log(1000);

    private final LearnedNumbers logVariances;

    public UncertaintyBalancer(int tasks, double learningRate) {
        this.logVariances = new LearnedNumbers(tasks, learningRate);
    }

    @Override
    public double[] factors(Step step, List<TaskLoss> losses) {
        double[] factors = new double[losses.size()];
        for (int i = 0; i < factors.length; i++) {
            TaskLoss loss = losses.get(i);
            int task = loss.task();
            factors[i] = Math.exp(-logVariances.get(task));
            logVariances.descend(task, 1 - factors[i] * loss.loss());
            logVariances.set(task, Math.max(-LIMIT, Math.min(LIMIT, logVariances.get(task))));
        }
        return factors;
    }

    @Override
    public double[] state() {
        return logVariances.state();
    }

    @Override
    public void restore(double[] state) {
        logVariances.restore(state);
    }
}
