package dev.polymath.learn.balance;

import java.util.List;

/**
 * Gradient normalisation: weights {@code w_t} under which each task's gradient has the norm
 * {@code G_t = w_t |g_t|} that its rate of learning asks for, {@code mean(G) r_t^alpha}, where {@code r_t} is the task's
 * loss by the mean of the losses. {@code w} descends {@code sum_t |G_t - mean(G) r_t^alpha|} with the target held, by
 * Adam. Weights of all tasks sum to their number; those of tasks that a batch lacks stay. All begin at 1, the plain mean.
 *
 * <p>The step is taken on {@code log w_t}, so that weights stay positive, where the published one is on {@code w_t}; both
 * rest at the same weights. A loss by its first value, as the paper has it, is the loss itself here: losses are in units
 * of their chance level, which is what the paper takes where a first loss is noisy.
 *
 * <p>Knobs: {@code alpha}, 1.5, how strongly tasks are held to one rate, 0 for equal norms; {@code learning_rate}, 0.025.
 *
 * <p>Chen, Badrinarayanan, Lee and Rabinovich 2018, GradNorm, arXiv:1711.02257.
 */
public final class GradNormBalancer implements GradientBalancer {
    private static final double LEAST_LOSS = 1e-8;

    private final double alpha;
    private final LearnedNumbers logWeights;

    public GradNormBalancer(int tasks, double alpha, double learningRate) {
        this.alpha = alpha;
        this.logWeights = new LearnedNumbers(tasks, learningRate);
    }

    @Override
    public double[] factors(Step step, List<TaskLoss> losses, double[][] products) {
        int count = losses.size();
        double[] weights = weights(losses);
        double[] norms = new double[count];
        double meanNorm = 0;
        double meanLoss = 0;
        for (int i = 0; i < count; i++) {
            norms[i] = weights[i] * Math.sqrt(Math.max(0, products[i][i]));
            meanNorm += norms[i] / count;
            meanLoss += loss(losses.get(i)) / count;
        }
        if (count < 2 || !Double.isFinite(meanLoss)) return weights;
        for (int i = 0; i < count; i++) {
            double target = meanNorm * Math.pow(loss(losses.get(i)) / meanLoss, alpha);
            logWeights.descend(losses.get(i).task(), Math.signum(norms[i] - target) * norms[i]);
        }
        keepSum(losses, weights);
        return weights;
    }

    private double[] weights(List<TaskLoss> losses) {
        return losses.stream()
                .mapToDouble(loss -> Math.exp(logWeights.get(loss.task())))
                .toArray();
    }

    /** Scales the weights of a batch's tasks to the sum they had. */
    private void keepSum(List<TaskLoss> losses, double[] old) {
        double was = 0;
        double is = 0;
        double[] moved = weights(losses);
        for (int i = 0; i < old.length; i++) {
            was += old[i];
            is += moved[i];
        }
        for (TaskLoss loss : losses) {
            logWeights.set(loss.task(), logWeights.get(loss.task()) + Math.log(was / is));
        }
    }

    private static double loss(TaskLoss loss) {
        return Math.max(loss.loss(), LEAST_LOSS);
    }

    @Override
    public double[] state() {
        return logWeights.state();
    }

    @Override
    public void restore(double[] state) {
        logWeights.restore(state);
    }
}
