package dev.polymath.learn.balance;

import java.util.List;

/**
 * Multiple gradient descent: the shortest vector of the gradients' convex hull, {@code min |sum_t w_t g_t|} with
 * {@code w} 0 or more and of sum 1, which lessens every task's loss or is 0 where no direction does. The factors are
 * {@code a_t = k w_t}: the published direction at its published scale, and the plain mean where gradients are alike.
 *
 * <p>Knob {@code normalize}, {@code none}: the hull may be that of {@code g_t / n_t}, with {@code n_t} the {@code norm} of
 * the gradient, or the task's {@code loss}; without it tasks with small gradients win. Then {@code a_t = k w_t m / n_t},
 * with m the mean of the {@code n_t}, a scale that is ours.
 *
 * <p>Sener and Koltun 2018, Multi-Task Learning as Multi-Objective Optimization, arXiv:1810.04650; after Désidéri 2012.
 * Solved exactly ({@link MinNorm}) instead of by Frank and Wolfe's steps.
 */
public final class MgdaBalancer implements GradientBalancer {
    /** What gradients are divided by. */
    public enum Normalize {
        NONE,
        NORM,
        LOSS
    }

    private static final double LEAST = 1e-8;

    private final Normalize normalize;

    public MgdaBalancer(Normalize normalize) {
        this.normalize = normalize;
    }

    @Override
    public double[] factors(Step step, List<TaskLoss> losses, double[][] products) {
        int count = products.length;
        double[] units = new double[count];
        double mean = 0;
        for (int i = 0; i < count; i++) {
            units[i] = unit(losses.get(i).loss(), products[i][i]);
            mean += units[i] / count;
        }
        double[][] scaled = new double[count][count];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) scaled[i][j] = products[i][j] / units[i] / units[j];
        }
        double[] factors = Gram.factors(scaled, MgdaBalancer::solve);
        for (int i = 0; i < count; i++) factors[i] *= mean / units[i];
        return factors;
    }

    private double unit(double loss, double square) {
        return switch (normalize) {
            case NONE -> 1;
            case NORM -> square > 0 ? Math.sqrt(square) : 1;
            case LOSS -> Double.isFinite(loss) ? Math.max(loss, LEAST) : 1;
        };
    }

    private static double[] solve(double[][] products) {
        double[] weights = MinNorm.weights(products);
        for (int i = 0; i < weights.length; i++) weights[i] *= weights.length;
        return weights;
    }
}
