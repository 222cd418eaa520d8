package dev.polymath.learn.balance;

import java.util.Arrays;
import java.util.List;

/**
 * The Nash bargaining solution: of all directions of one length the one with the largest product of what each task gains,
 * {@code d = sum_t x_t g_t} with {@code G x = 1 / x}, G the Gram matrix and x positive. A task's share does not depend on
 * the size of its gradient. The factors are x scaled to mean 1, where the published step has the length {@code sqrt(k)},
 * clipped to 1: so gradients that are alike, or at right angles and equally long, give the plain mean.
 *
 * <p>Solved by Newton's method on {@code x'Gx / 2 - sum_t log x_t}, whose gradient is {@code Gx - 1/x}. It is convex and
 * self-concordant, so steps damped by Newton's decrement cannot leave the positive x and always arrive. Gradients are
 * first scaled to length 1, and a millionth is added to their squares: with gradients that cancel, x would grow for ever.
 *
 * <p>Navon et al. 2022, Multi-Task Learning as a Bargaining Game, arXiv:2202.01017.
 */
public final class NashBalancer implements GradientBalancer {
    private static final double RIDGE = 1e-6;
    private static final double CLOSE = 1e-20;
    private static final int MOST = 500;

    @Override
    public double[] factors(Step step, List<TaskLoss> losses, double[][] products) {
        return Gram.factors(products, NashBalancer::solve);
    }

    private static double[] solve(double[][] products) {
        int count = products.length;
        double[][] cosines = new double[count][count];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                cosines[i][j] = products[i][j] / Math.sqrt(products[i][i]) / Math.sqrt(products[j][j]);
            }
            cosines[i][i] = 1 + RIDGE;
        }
        double[] x = bargained(cosines);
        for (int i = 0; i < count; i++) x[i] /= Math.sqrt(products[i][i]);
        double mean = Arrays.stream(x).sum() / count;
        return Arrays.stream(x).map(each -> each / mean).toArray();
    }

    /** The positive x with {@code matrix x = 1 / x}. */
    private static double[] bargained(double[][] matrix) {
        int count = matrix.length;
        double[] x = new double[count];
        Arrays.fill(x, 1);
        for (int step = 0; step < MOST; step++) {
            double[] gradient = Gram.times(matrix, x);
            double[][] curvature = new double[count][];
            for (int i = 0; i < count; i++) {
                gradient[i] -= 1 / x[i];
                curvature[i] = matrix[i].clone();
                curvature[i][i] += 1 / (x[i] * x[i]);
            }
            double[] newton = Gram.solve(curvature, gradient);
            double decrement = Math.sqrt(Math.max(0, Gram.dot(gradient, newton)));
            double damping = decrement < 0.25 ? 1 : 1 / (1 + decrement);
            for (int i = 0; i < count; i++) x[i] -= damping * newton[i];
            if (decrement * decrement < CLOSE) break;
        }
        return x;
    }
}
