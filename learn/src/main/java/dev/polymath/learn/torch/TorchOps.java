package dev.polymath.learn.torch;

import dev.polymath.ops.Ops;
import dev.polymath.weights.Array;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The interpreter that computes, with gradients, on libtorch.
 *
 * <p>Master weights stay F32. With {@code compute} BFloat16, products and hidden states are bf16 (3 to 5 times faster
 * than F32 where the processor has instructions for it); each weight is cast once for the life of this object, which is
 * one pass. Statistics of layer norms and softmax are accumulated in F32 by libtorch's kernels.
 *
 * <p>Every tensor it makes belongs to the caller's open {@code PointerScope}.
 */
public final class TorchOps implements Ops<Tensor> {
    private final Map<String, Tensor> weights;
    private final ScalarType compute;
    private final boolean learning;
    private final Map<Tensor, Tensor> casts;

    /**
     * @param weights F32 tensors by name
     * @param compute Float or BFloat16
     * @param learning whether {@link #dropout} drops
     */
    public TorchOps(Map<String, Tensor> weights, ScalarType compute, boolean learning) {
        this.weights = weights;
        this.compute = compute;
        this.learning = learning;
        this.casts = new HashMap<>();
    }

    /**
     * For passes that learn nothing.
     *
     * @param weights F32 tensors by name
     * @param casts of weights that are kept in {@code compute} from pass to pass; not changed
     * @param compute Float or BFloat16
     */
    TorchOps(Map<String, Tensor> weights, Map<Tensor, Tensor> casts, ScalarType compute) {
        this.weights = weights;
        this.compute = compute;
        this.learning = false;
        this.casts = new HashMap<>(casts);
    }

    @Override
    public Tensor weight(String name) {
        Tensor weight = weights.get(name);
        if (weight == null) throw new IllegalArgumentException("there is no weight named " + name);
        return weight;
    }

    @Override
    public Tensor constant(Array value) {
        return Tensors.of(value);
    }

    @Override
    public Tensor positions(Tensor ids) {
        return torch.arange(new Scalar(ids.size(1)), Tensors.INT64);
    }

    @Override
    public Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        Tensor in = inCompute(x);
        return bias == null
                ? torch.linear(in, castOnce(weight))
                : torch.linear(in, castOnce(weight), new TensorOptional(castOnce(bias)));
    }

    @Override
    public Tensor matmul(Tensor a, Tensor b) {
        return torch.matmul(inCompute(a), inCompute(b));
    }

    @Override
    public Tensor reshape(Tensor x, long... shape) {
        long[] sizes = shape.clone();
        for (int i = 0; i < sizes.length; i++) if (sizes[i] == 0) sizes[i] = x.size(i);
        return x.reshape(sizes);
    }

    @Override
    public Tensor transpose(Tensor x, int... axes) {
        long[] order = new long[axes.length];
        for (int i = 0; i < axes.length; i++) order[i] = axes[i];
        return x.permute(order);
    }

    @Override
    public Tensor concat(int axis, List<Tensor> parts) {
        return torch.cat(new TensorVector(parts.toArray(new Tensor[0])), axis);
    }

    @Override
    public Tensor slice(Tensor x, int axis, long from, long to) {
        return x.slice(axis, new LongOptional(from), new LongOptional(to), 1);
    }

    @Override
    public Tensor gather(Tensor table, Tensor indices) {
        if (table.dim() == 2 && table.scalar_type().intern() == ScalarType.Float)
            return torch.embedding(table, indices);
        long[] rest = Tensors.shape(table);
        long[] lead = Tensors.shape(indices);
        long[] shape = new long[lead.length + rest.length - 1];
        System.arraycopy(lead, 0, shape, 0, lead.length);
        System.arraycopy(rest, 1, shape, lead.length, rest.length - 1);
        return table.index_select(0, indices.reshape(-1)).reshape(shape);
    }

    @Override
    public Tensor pick(Tensor x, Tensor index) {
        return x.gather(-1, index.unsqueeze(-1)).squeeze(-1);
    }

    @Override
    public Tensor top(Tensor x, int count) {
        Tensor order = x.detach().argsort(true, -1, true);
        Tensor none = torch.zeros(Tensors.shape(x), Tensors.FLOAT);
        return none.scatter_(-1, order.narrow(-1, 0, count), new Scalar(1));
    }

    @Override
    public Tensor select(Tensor x, Tensor mask) {
        return flat(x, mask).index_select(0, places(mask));
    }

    @Override
    public Tensor addSelected(Tensor x, Tensor mask, Tensor parts) {
        return flat(x, mask)
                .index_add(0, places(mask), parts.to(x.scalar_type()))
                .reshape(Tensors.shape(x));
    }

    @Override
    public Tensor detached(Tensor x) {
        return x.detach();
    }

    /** Where a mask is not 0, counted through all its axes. */
    private static Tensor places(Tensor mask) {
        return mask.detach().reshape(-1).nonzero().reshape(-1);
    }

    /** With the axes of a mask as one. */
    private static Tensor flat(Tensor x, Tensor mask) {
        long[] shape = Tensors.shape(x);
        int axes = (int) mask.dim();
        long[] flat = new long[shape.length - axes + 1];
        flat[0] = mask.numel();
        System.arraycopy(shape, axes, flat, 1, shape.length - axes);
        return x.reshape(flat);
    }

    @Override
    public Tensor add(Tensor a, Tensor b) {
        return a.add(b);
    }

    @Override
    public Tensor subtract(Tensor a, Tensor b) {
        return a.sub(b);
    }

    @Override
    public Tensor multiply(Tensor a, Tensor b) {
        return a.mul(b);
    }

    @Override
    public Tensor divide(Tensor a, Tensor b) {
        return a.div(b);
    }

    @Override
    public Tensor affine(Tensor x, double factor, double offset) {
        Tensor y = factor == 1 ? x : x.mul(new Scalar(factor));
        return offset == 0 ? y : y.add(new Scalar(offset));
    }

    @Override
    public Tensor atLeast(Tensor x, double least) {
        return x.clamp_min(new Scalar(least));
    }

    @Override
    public Tensor abs(Tensor x) {
        return x.abs();
    }

    @Override
    public Tensor exp(Tensor x) {
        return x.exp();
    }

    @Override
    public Tensor log(Tensor x) {
        return x.log();
    }

    @Override
    public Tensor sqrt(Tensor x) {
        return x.sqrt();
    }

    @Override
    public Tensor toFloat(Tensor x) {
        return x.to(ScalarType.Float);
    }

    @Override
    public Tensor gelu(Tensor x) {
        return torch.gelu(x);
    }

    @Override
    public Tensor relu(Tensor x) {
        return x.relu();
    }

    @Override
    public Tensor silu(Tensor x) {
        return torch.silu(x);
    }

    @Override
    public Tensor tanh(Tensor x) {
        return x.tanh();
    }

    @Override
    public Tensor sigmoid(Tensor x) {
        return x.sigmoid();
    }

    @Override
    public Tensor softplus(Tensor x) {
        return torch.softplus(x);
    }

    @Override
    public Tensor softmax(Tensor x, int axis) {
        return torch.softmax(x, axis);
    }

    @Override
    public Tensor logSoftmax(Tensor x, int axis) {
        return torch.log_softmax(x, axis);
    }

    @Override
    public Tensor sum(Tensor x, int axis, boolean keep) {
        return torch.sum(x, new long[] {axis}, keep, Tensors.SAME_TYPE);
    }

    @Override
    public Tensor mean(Tensor x, int axis, boolean keep) {
        return torch.mean(x, new long[] {axis}, keep, Tensors.SAME_TYPE);
    }

    @Override
    public Tensor max(Tensor x, int axis, boolean keep) {
        return torch.amax(x, new long[] {axis}, keep);
    }

    @Override
    public Tensor total(Tensor x) {
        return x.sum();
    }

    @Override
    public Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon) {
        return torch.layer_norm(
                inCompute(x),
                new long[] {x.size(-1)},
                new TensorOptional(castOnce(weight)),
                bias == null ? new TensorOptional() : new TensorOptional(castOnce(bias)),
                epsilon,
                false);
    }

    /**
     * As the default, with the scores kept in {@code compute} (an F32 bias would widen them) and the bias added in place.
     * libtorch's own {@code scaled_dot_product_attention} is 14 times slower in bf16 than in F32 here, and slower than
     * these products.
     */
    @Override
    public Tensor attention(Tensor q, Tensor k, Tensor v, Tensor bias, int heads, int size, double dropout) {
        Tensor queries =
                transpose(reshape(inCompute(q).mul(new Scalar(1 / Math.sqrt(size))), 0, 0, heads, size), 0, 2, 1, 3);
        Tensor keys = transpose(reshape(inCompute(k), 0, 0, heads, size), 0, 2, 3, 1);
        Tensor values = transpose(reshape(inCompute(v), 0, 0, heads, size), 0, 2, 1, 3);
        Tensor scores = torch.matmul(queries, keys).add_(castOnce(bias));
        Tensor mixed = torch.matmul(dropout(torch.softmax(scores, -1), dropout), values);
        return reshape(transpose(mixed, 0, 2, 1, 3), 0, 0, (long) heads * size);
    }

    @Override
    public Tensor dropout(Tensor x, double rate) {
        return learning && rate > 0 ? torch.dropout(x, rate, true) : x;
    }

    private Tensor inCompute(Tensor x) {
        return x.scalar_type().intern() == compute ? x : x.to(compute);
    }

    /** As {@link #inCompute}, done once for what several places of a pass read: a weight, the attention bias. */
    private Tensor castOnce(Tensor shared) {
        return compute == ScalarType.Float ? shared : casts.computeIfAbsent(shared, this::inCompute);
    }
}
