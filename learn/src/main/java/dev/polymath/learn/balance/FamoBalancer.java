package dev.polymath.learn.balance;

import java.util.Arrays;
import java.util.List;

/**
 * Fast adaptive multi-task optimisation: weights by which every task's loss falls at the same relative rate, from the
 * losses before and after each step. With {@code z = softmax(w)} and {@code D_t = loss_t}, the factors are
 * {@code a_t = k (z_t / D_t) / sum_s (z_s / D_s)}; after the update {@code w} descends
 * {@code sum_t (log D_t before - log D_t after) z_t} by Adam with weight decay. Of the tasks of a batch only; others keep
 * their {@code w_t}. The published coefficients sum to 1, these to k, so that equal losses are the plain mean at first.
 *
 * <p>Losses must be positive: one below 1e-8 counts as 1e-8. The least losses that the paper allows to be taken off are
 * taken to be 0, as in its experiments. A second forward pass a step.
 *
 * <p>Knobs: {@code learning_rate}, 0.025, of {@code w}; {@code decay}, 0.001, of {@code w} towards 0, the paper's gamma.
 *
 * <p>Liu, Feng, Stone and Liu 2023, FAMO: Fast Adaptive Multitask Optimization, arXiv:2306.03792.
 */
public final class FamoBalancer implements LossBalancer {
    private static final double LEAST = 1e-8;

    private final double decay;
    private final LearnedNumbers logits;
    /** Logarithms of this step's losses before the update, by task. */
    private final double[] before;

    public FamoBalancer(int tasks, double learningRate, double decay) {
        this.decay = decay;
        this.logits = new LearnedNumbers(tasks, learningRate);
        this.before = new double[tasks];
    }

    @Override
    public double[] factors(Step step, List<TaskLoss> losses) {
        double[] exponents = new double[losses.size()];
        for (int i = 0; i < exponents.length; i++) {
            TaskLoss loss = losses.get(i);
            before[loss.task()] = log(loss);
            exponents[i] = logits.get(loss.task()) - before[loss.task()];
        }
        if (!Arrays.stream(exponents).allMatch(Double::isFinite)) Arrays.fill(exponents, 0);
        return Softmax.withMeanOne(exponents);
    }

    @Override
    public boolean looksBack() {
        return true;
    }

    @Override
    public void after(Step step, List<TaskLoss> losses) {
        int count = losses.size();
        double[] weights = Softmax.withMeanOne(
                losses.stream().mapToDouble(loss -> logits.get(loss.task())).toArray());
        double[] falls = new double[count];
        double mean = 0;
        for (int i = 0; i < count; i++) {
            falls[i] = before[losses.get(i).task()] - log(losses.get(i));
            mean += weights[i] / count * falls[i];
        }
        for (int i = 0; i < count; i++) {
            int task = losses.get(i).task();
            logits.descend(task, weights[i] / count * (falls[i] - mean) + decay * logits.get(task));
        }
    }

    private static double log(TaskLoss loss) {
        return Math.log(Math.max(loss.loss(), LEAST));
    }

    @Override
    public double[] state() {
        return logits.state();
    }

    @Override
    public void restore(double[] state) {
        logits.restore(state);
    }
}
