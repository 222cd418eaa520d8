package dev.polymath.learn.habit;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Annealed Gaussian noise on gradients: at step {@code t}, counted from 0, each element gets
 *
 * <pre>
 *   g + s n,    n from N(0, eta / (1 + t)^gamma)
 * </pre>
 *
 * Neelakantan et al. 2015, <i>Adding Gradient Noise Improves Learning for Very Deep Networks</i>, arXiv:1511.06807, has
 * {@code s = 1} with eta of 0.01, 0.3 or 1, for networks of some hundred thousand weights. A fine-tuned encoder has 22
 * million and its gradient is clipped to a norm of 1, about 2e-4 a weight: there even 0.01 gives noise of a norm of 470,
 * and clipping leaves nothing but noise. So by default {@code s} is the root mean square of the gradient, taken over each
 * group of weights (heads and backbone, matrices and vectors, each by themselves): with eta = 0.3 the noise begins at 0.55
 * of the gradient's norm and falls to a tenth of it after 500 steps. There weights without a gradient, such as the
 * embeddings of words that no row has, get no noise: the optimiser would enlarge it to full steps.
 *
 * @param eta variance at the first step, above 0; default 0.3
 * @param gamma how fast it falls, 0 or more; default 0.55
 * @param relative whether the noise is scaled by the gradient's root mean square; default true
 */
public record GradientNoise(double eta, double gamma, boolean relative) implements Habit {
    @Override
    public void gradients(long step, long seed, List<Tensor> gradients) {
        try (PointerScope scope = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            torch.manual_seed(seed);
            double deviation = Math.sqrt(eta / Math.pow(1.0 + step, gamma));
            for (Tensor gradient : gradients) {
                Tensor noise = torch.randn_like(gradient);
                if (!relative) {
                    gradient.add_(noise, new Scalar(deviation));
                    continue;
                }
                Tensor touched = gradient.ne(new Scalar(0));
                double root = Math.sqrt(Math.max(1, touched.sum().item_long()));
                double scale = gradient.norm().item_double() / root;
                gradient.add_(noise.mul_(touched), new Scalar(deviation * scale));
            }
        }
    }
}
