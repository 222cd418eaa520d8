package dev.polymath.learn.balance;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Random loss weighting: each step draws new weights, {@code k softmax(z)} with {@code z} from the standard normal
 * distribution, for the k tasks of the batch. A litmus test: a balancer should be better than this one. The published
 * weights sum to 1; here their mean is 1, so that on average they are the plain mean.
 *
 * <p>Lin, Ye, Zhang and Tsang 2022, Reasonable Effectiveness of Random Weighting, arXiv:2111.10603.
 */
public final class RandomBalancer implements LossBalancer {
    @Override
    public double[] factors(Step step, List<TaskLoss> losses) {
        SplittableRandom random = step.random();
        double[] factors = new double[losses.size()];
        for (int i = 0; i < factors.length; i++) factors[i] = random.nextGaussian();
        return Softmax.withMeanOne(factors);
    }
}
