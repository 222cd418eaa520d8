package dev.polymath.learn.balance;

import java.util.Arrays;
import java.util.List;

/** Every row counts the same: all factors are 1. How much a task counts is then the sampler's business alone. */
public final class EqualBalancer implements LossBalancer {
    @Override
    public double[] factors(Step step, List<TaskLoss> losses) {
        double[] factors = new double[losses.size()];
        Arrays.fill(factors, 1);
        return factors;
    }
}
