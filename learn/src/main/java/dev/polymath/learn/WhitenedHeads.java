package dev.polymath.learn;

import dev.polymath.InputException;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.pooling.Whitening;
import dev.polymath.task.Task;
import dev.polymath.weights.Weights;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Fits {@link Whitening} before the first step, on the vectors that the backbone as it begins gives to a task's training texts.
 *
 * <p>Source: J. Huang et al., WhiteningBERT, 2021, arXiv:2104.01767.
 */
final class WhitenedHeads {
    /** Directions in which texts vary less than this share of the most are rounding: to stretch them would be noise. */
    private static final double LEAST = 1e-6;

    private WhitenedHeads() {}

    /**
     * All weights, with those of a task's whitening fitted; as they are where it has none.
     *
     * @throws InputException if the task has too few texts for as many dimensions as it keeps
     */
    static Weights of(Weights all, Network network, Task task, TextVectors texts) {
        if (!(task.pooling() instanceof Whitening whitening)) return all;
        return texts.fitted(
                all,
                whitening.reading(network.backbone().layers()),
                whitening::plain,
                vectors -> fitted(vectors, whitening, task.name()));
    }

    private static Weights fitted(Tensor vectors, Whitening whitening, String task) {
        Tensor mean = torch.mean(vectors, new long[] {0}, true, Tensors.SAME_TYPE);
        Tensor centred = vectors.sub(mean);
        Tensor covariance = torch.mm(centred.t(), centred).div(new Scalar((double) vectors.size(0)));
        T_TensorTensor_T parts = torch.linalg_eigh(covariance);
        // They come with the smallest first.
        Tensor variances = parts.get0().flip(new long[] {0});
        int kept = whitening.width((int) vectors.size(1));
        double least = variances.select(0, kept - 1).item_double();
        double most = variances.select(0, 0).item_double();
        if (!(least > LEAST * most)) {
            throw new InputException("task '" + task + "': pooling whitening cannot stretch its " + vectors.size(0)
                    + " training texts in " + kept + " directions, since they vary in fewer; give more texts, or fewer"
                    + " 'dimensions'");
        }
        Tensor directions = parts.get1().flip(new long[] {1}).narrow(1, 0, kept);
        Tensor matrix = directions.div(variances.narrow(0, 0, kept).sqrt());
        return whitening.weights(task, TextVectors.floats(mean.reshape(-1)), TextVectors.floats(matrix));
    }
}
