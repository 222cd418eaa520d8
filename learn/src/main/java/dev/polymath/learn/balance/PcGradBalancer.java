package dev.polymath.learn.balance;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Projection of conflicting gradients: from each task's gradient is taken, for the other tasks in random order, its part
 * against that task's gradient, {@code g_i -= (g_i . g_j / |g_j|²) g_j} where {@code g_i . g_j < 0}. The step descends the
 * mean of what is left; without conflicts that is the plain mean. The published step is k times it, the sum.
 *
 * <p>With two tasks nothing that is left conflicts with the other's gradient; with more, only the task that was projected
 * on last is sure of that.
 *
 * <p>Yu et al. 2020, Gradient Surgery for Multi-Task Learning, arXiv:2001.06782.
 */
public final class PcGradBalancer implements GradientBalancer {
    @Override
    public double[] factors(Step step, List<TaskLoss> losses, double[][] products) {
        SplittableRandom random = step.random();
        int count = products.length;
        double[] factors = new double[count];
        for (int i = 0; i < count; i++) {
            double[] left = projected(i, others(i, count, random), products);
            for (int j = 0; j < count; j++) factors[j] += left[j];
        }
        return factors;
    }

    private static int[] others(int one, int count, SplittableRandom random) {
        int[] others = new int[count - 1];
        for (int i = 0; i < others.length; i++) {
            int to = random.nextInt(i + 1);
            others[i] = others[to];
            others[to] = i < one ? i : i + 1;
        }
        return others;
    }

    /** What is left of a task's gradient, as a combination of all gradients. */
    static double[] projected(int task, int[] others, double[][] products) {
        double[] left = new double[products.length];
        left[task] = 1;
        for (int other : others) {
            double along = Gram.dot(left, products[other]);
            if (along < 0 && products[other][other] > 0) left[other] -= along / products[other][other];
        }
        return left;
    }
}
