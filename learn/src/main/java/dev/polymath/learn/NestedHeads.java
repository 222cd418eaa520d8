package dev.polymath.learn;

import dev.polymath.embedding.Matryoshka;
import dev.polymath.embedding.NestedMaps;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Hidden;
import dev.polymath.model.Reading;
import dev.polymath.task.Embedder;
import dev.polymath.task.Task;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Fits {@link NestedMaps} before the first step, on the vectors that the backbone as it begins gives to a task's training texts.
 *
 * <p>Source: principal components; A. Din et al., Jump to Conclusions, 2023, arXiv:2303.09435.
 */
final class NestedHeads {
    /**
     * What is added to the diagonal of the texts' second moments, as a share of its mean: with fewer texts than {@code width *
     * width} numbers, least squares alone fits the texts and not the map. Of 1e-4 to 1e-1, 1e-2 finds
     * the most in three collections (docs/benchmarks.md).
     */
    private static final double RIDGE = 1e-2;

    private final NestedMaps maps;
    private final List<Integer> depths;

    private NestedHeads(NestedMaps maps, List<Integer> depths) {
        this.maps = maps;
        this.depths = depths;
    }

    /** All weights, with those of a task's maps fitted; as they are where it has none. */
    static Weights of(Weights all, Network network, Task task, TextVectors texts) {
        if (!(task instanceof Embedder embedder) || embedder.maps() == null) return all;
        int layers = network.backbone().layers();
        NestedHeads heads = new NestedHeads(embedder.maps(), embedder.nested().depths(layers));
        Reading read = task.learner(layers).reading();
        TextVectors.Pooled pooled = (ops, hidden) -> {
            List<Tensor> byDepth = new ArrayList<>();
            for (int depth : heads.depths) {
                Hidden<Tensor> own = task.pooling().reading(depth).of(hidden, read);
                byDepth.add(task.pooling().pool(ops, own, task.name()));
            }
            return ops.concat(1, byDepth);
        };
        return texts.fitted(all, read, pooled, heads::fitted);
    }

    /** @param pooled {@code [texts, depths * width]} */
    private Weights fitted(Tensor pooled) {
        List<Tensor> byDepth = new ArrayList<>();
        long width = pooled.size(1) / depths.size();
        for (int i = 0; i < depths.size(); i++) byDepth.add(pooled.narrow(1, i * width, width));
        int shallow = depths.size() - 1;
        Tensor last = atLengthOne(byDepth.get(shallow));
        Weights weights = Weights.empty();
        if (maps.rotates()) {
            // Of the smallest eigenvalue first.
            Tensor rotation = torch.linalg_eigh(torch.mm(last.t(), last)).get1().flip(new long[] {1});
            last = torch.mm(last, rotation);
            weights = maps.rotation(TextVectors.floats(rotation));
        }
        for (int i = 0; i < shallow; i++) weights = weights.with(affine(depths.get(i), byDepth.get(i), last));
        return weights;
    }

    /** The map of one depth by ridge regression, of {@code [texts, width]} each. */
    private Weights affine(int depth, Tensor from, Tensor to) {
        Tensor ofFrom = torch.mean(from, new long[] {0}, true, Tensors.SAME_TYPE);
        Tensor ofTo = torch.mean(to, new long[] {0}, true, Tensors.SAME_TYPE);
        Tensor centred = from.sub(ofFrom);
        // By eigenvectors, which symmetric moments have: OpenBLAS solves with several threads on a stack of more than
        // the megabyte that Java gives one, and takes the process down.
        T_TensorTensor_T parts = torch.linalg_eigh(torch.mm(centred.t(), centred));
        Tensor moments = parts.get0();
        Tensor directions = parts.get1();
        double ridge = RIDGE * moments.mean().item_double();
        Tensor along = torch.mm(directions.t(), torch.mm(centred.t(), to.sub(ofTo)));
        Tensor matrix =
                torch.mm(directions, along.div(moments.add(new Scalar(ridge)).reshape(-1, 1)));
        Tensor bias = ofTo.sub(torch.mm(ofFrom, matrix)).reshape(-1);
        return maps.depth(depth, TextVectors.floats(matrix), TextVectors.floats(bias));
    }

    private static Tensor atLengthOne(Tensor rows) {
        return Matryoshka.atLengthOne(new TorchOps(Map.of(), ScalarType.Double, false), rows);
    }
}
