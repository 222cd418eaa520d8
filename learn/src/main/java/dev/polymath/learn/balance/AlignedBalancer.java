package dev.polymath.learn.balance;

import java.util.Arrays;
import java.util.List;

/**
 * Independent component alignment: the gradients' principal components are given one length, so that no task rules by the
 * size of its gradient. With the Gram matrix {@code V diag(l) V'}, components of {@code l = 0} left out, the factors are
 * {@code a = sqrt(scale) V diag(1 / sqrt(l)) V' 1}, as published for equal preferences; where gradients are alike, or at
 * right angles and equally long, that is the plain mean. Factors may be negative.
 *
 * <p>Knob {@code scale}, {@code min}: the length they are given, that of the least component, as published; {@code median}
 * or {@code rmse} (the root of the mean {@code l}) do not let the step fade where gradients are nearly dependent.
 *
 * <p>Senushkin et al. 2023, Independent Component Alignment for Multi-Task Learning, arXiv:2305.19000.
 */
public final class AlignedBalancer implements GradientBalancer {
    /** The length that all components are given. */
    public enum Scale {
        MIN,
        MEDIAN,
        RMSE
    }

    /** Times k, the share of the largest component below which one is rounding: gradients are 32-bit floats. */
    private static final double NOTHING = 1e-6;

    private final Scale scale;

    public AlignedBalancer(Scale scale) {
        this.scale = scale;
    }

    @Override
    public double[] factors(Step step, List<TaskLoss> losses, double[][] products) {
        return Gram.factors(products, this::solve);
    }

    private double[] solve(double[][] products) {
        int count = products.length;
        SymmetricEigen eigen = SymmetricEigen.of(products);
        double[] values = eigen.values();
        double least = count * NOTHING * values[0];
        double square = square(
                Arrays.stream(values).filter(value -> value > least).sorted().toArray());
        double[] factors = new double[count];
        for (int i = 0; i < count; i++) {
            if (values[i] <= least) continue;
            double sum = 0;
            for (double[] row : eigen.vectors()) sum += row[i];
            double part = Math.sqrt(square / values[i]) * sum;
            for (int j = 0; j < count; j++) factors[j] += part * eigen.vectors()[j][i];
        }
        return factors;
    }

    private double square(double[] sorted) {
        return switch (scale) {
            case MIN -> sorted[0];
            case MEDIAN -> sorted[(sorted.length - 1) / 2];
            case RMSE -> Arrays.stream(sorted).average().orElseThrow();
        };
    }
}
