package dev.polymath.learn.balance;

import java.util.Arrays;
import java.util.List;

/**
 * Conflict-averse gradient descent: the direction within {@code c |g0|} of the mean gradient {@code g0} that helps the
 * worst-off task most, {@code d = g0 + c |g0| g_w / |g_w|}, where {@code g_w = sum_t w_t g_t} and {@code w}, 0 or more and
 * of sum 1, makes {@code g_w . g0 + c |g0| |g_w|} least. The step descends {@code d / (1 + c)}, the last of the scales in
 * the authors' code, so that where gradients are alike it is the plain mean.
 *
 * <p>Solved by a search for {@code p = |g_w|}: for a given p, {@code g_w + s g0} with {@code s = p / (c |g0|)} is the
 * shortest vector of the convex hull of the {@code g_t + s g0}, and {@code |g_w|} is above p below the solution and below
 * it above, since {@code g_w . g0 + c |g0| (|g_w|² / p + p) / 2} is convex in w and p together.
 *
 * <p>Knob {@code c}, 0.4, from 0 (plain mean) to below 1.
 *
 * <p>Liu et al. 2021, Conflict-Averse Gradient Descent for Multi-task Learning, arXiv:2110.14048.
 */
public final class CaGradBalancer implements GradientBalancer {
    /** Of a gradient's norm; a {@code g_w} below it is lost in the rounding of the gradients. */
    private static final double FLOOR = 1e-4;

    private static final int HALVINGS = 50;

    private final double c;

    public CaGradBalancer(double c) {
        this.c = c;
    }

    @Override
    public double[] factors(Step step, List<TaskLoss> losses, double[][] products) {
        return Gram.factors(products, this::solve);
    }

    private double[] solve(double[][] products) {
        int count = products.length;
        double[] along = Arrays.stream(products)
                .mapToDouble(row -> Arrays.stream(row).sum() / count)
                .toArray();
        double square = Arrays.stream(along).sum() / count;
        double[] factors = new double[count];
        Arrays.fill(factors, 1);
        double radius = c * Math.sqrt(Math.max(0, square));
        if (radius <= FLOOR * FLOOR) return factors;
        double low = FLOOR;
        double high = FLOOR;
        for (int i = 0; i < count; i++) high = Math.max(high, Math.sqrt(products[i][i]));
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (norm(products, moved(products, along, square, middle / radius)) > middle) low = middle;
            else high = middle;
        }
        double[] weights = moved(products, along, square, high / radius);
        double scale = radius / Math.max(FLOOR, norm(products, weights));
        for (int i = 0; i < count; i++) factors[i] = (1 + count * scale * weights[i]) / (1 + c);
        return factors;
    }

    /** The weights of the shortest vector in the convex hull of the gradients, each moved by s times their mean. */
    private static double[] moved(double[][] products, double[] along, double square, double s) {
        double[][] moved = new double[along.length][along.length];
        for (int i = 0; i < along.length; i++) {
            for (int j = 0; j < along.length; j++) {
                moved[i][j] = products[i][j] + s * (along[i] + along[j]) + s * s * square;
            }
        }
        return MinNorm.weights(moved);
    }

    private static double norm(double[][] products, double[] weights) {
        return Math.sqrt(Math.max(0, Gram.dot(weights, Gram.times(products, weights))));
    }
}
