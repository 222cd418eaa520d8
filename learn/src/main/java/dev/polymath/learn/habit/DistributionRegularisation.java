package dev.polymath.learn.habit;

import dev.polymath.learn.torch.Tensors;
import dev.polymath.model.Hidden;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Distribution regularisation with semantic calibration: a head must also do its task on what the pre-trained backbone
 * made of the same rows, which keeps it from fitting few rows while the backbone is free,
 *
 * <pre>
 *   loss(head(h)) + weight loss(head(c(p))),    c(p) = (p - mean p) R + mean h + d[class]
 * </pre>
 *
 * for states {@code h} and pre-trained states {@code p}, both {@code [rows, tokens, width]}. {@code R} is the orthogonal
 * matrix nearest to taking {@code p} to {@code h}, and {@code d} then moves each class's centre onto that of {@code h}.
 * No gradient passes {@code c}. Zhou et al., ICCV 2023, <i>DR-Tune: Improving Fine-tuning of Pretrained Visual Models by
 * Distribution Regularization with Semantic Calibration</i>, arXiv:2308.12058.
 *
 * <p>Simplified: the paper keeps the features of 2,048 earlier rows and aligns those; here the task's rows of the batch
 * are aligned, token by token. They may be fewer than dimensions, so that a small multiple of the identity goes into the
 * fit: directions of which they tell nothing stay. Centres are plain means. A class is a row's or a token's label; kinds
 * of tasks without such labels have the centre of all.
 *
 * <p>A step costs another forward pass and, with calibration, a singular value decomposition for each task of its batch,
 * which takes 40 ms at a width of 384.
 *
 * @param weight of the second loss, 0 or more; default 1
 * @param calibration whether pre-trained states are calibrated; else {@code c(p) = p}; default true
 */
public record DistributionRegularisation(double weight, boolean calibration) implements Habit {
    /** Share of the identity in the fit of the rotation, in units of the covariance's root mean square singular value. */
    private static final double IDENTITY = 1e-3;

    @Override
    public Tensor loss(TaskBatch batch, Tensor loss) {
        Hidden<Tensor> pretrained = batch.pretrained().get();
        Tensor states = calibration ? calibrated(batch, pretrained) : pretrained.last();
        Tensor output = batch.task().head(batch.ops(), pretrained.withLast(states));
        Tensor second = batch.task().loss(batch.ops(), output, batch.values(), batch.weights());
        return loss.add(second.mul(new Scalar(weight / batch.task().chance())));
    }

    /** {@code c(p)} {@code [rows, tokens, width]}; zeros for padding. */
    static Tensor calibrated(TaskBatch batch, Hidden<Tensor> pretrained) {
        try (AutoGradMode off = new AutoGradMode(false)) {
            long width = pretrained.last().size(2);
            Tensor real = pretrained.mask().reshape(-1).nonzero().squeeze(1);
            Tensor before = pretrained.last().reshape(-1, width).index_select(0, real);
            Tensor now = batch.hidden().last().detach().reshape(-1, width).index_select(0, real);
            Tensor turned = turned(before, now);
            Tensor classes = classes(batch, pretrained.mask()).reshape(-1).index_select(0, real);
            Tensor members = torch.one_hot(classes).to(ScalarType.Float);
            Tensor counts = members.sum(new long[] {0}).clamp_min(new Scalar(1)).unsqueeze(1);
            Tensor shift = torch.mm(members.t(), now.sub(turned)).div(counts);
            Tensor moved = turned.add(torch.mm(members, shift));
            Tensor all = torch.zeros_like(pretrained.last()).reshape(-1, width);
            return all.index_copy(0, real, moved).reshape(Tensors.shape(pretrained.last()));
        }
    }

    /** Orthogonal Procrustes: {@code R = U V^T} for the singular vectors of {@code p^T h}, both without their means. */
    private static Tensor turned(Tensor before, Tensor now) {
        Tensor center = mean(now);
        Tensor from = before.sub(mean(before));
        Tensor covariance = torch.mm(from.t(), now.sub(center));
        long width = covariance.size(0);
        double identity = IDENTITY * covariance.norm().item_double() / Math.sqrt(width) + Float.MIN_NORMAL;
        Tensor fitted = covariance.add(torch.eye(width, Tensors.FLOAT), new Scalar(identity));
        T_TensorTensorTensor_T parts = torch.linalg_svd(fitted);
        return torch.mm(torch.mm(from, parts.get0()), parts.get2()).add(center);
    }

    private static Tensor mean(Tensor rows) {
        return torch.mean(rows, new long[] {0}, true, Tensors.SAME_TYPE);
    }

    /** A class for each token, {@code [rows, tokens]}; 0 where there is no label. */
    private static Tensor classes(TaskBatch batch, Tensor mask) {
        Tensor values = batch.values();
        Tensor none = torch.zeros_like(mask);
        if (values.scalar_type().intern() != ScalarType.Long) return none;
        Tensor labelled = batch.weights().gt(new Scalar(0));
        Tensor numbers = values.add(new Scalar(1)).mul(labelled);
        if (values.dim() == 1) return none.add(numbers.unsqueeze(1));
        return values.size(1) == mask.size(1) ? numbers : none;
    }
}
