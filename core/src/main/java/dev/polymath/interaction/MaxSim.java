package dev.polymath.interaction;

import dev.polymath.embedding.Matryoshka;
import dev.polymath.model.Hidden;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.weights.Weights;
import java.util.SplittableRandom;

/**
 * Late interaction: each token of the query looks for the token of the passage that is most like it,
 *
 * <pre>
 *   s = a * sum over tokens i of the query of max over tokens j of the passage of cos(W h_i, W h_j) + b
 * </pre>
 *
 * with {@code W [dimensions, width]} and numbers {@code a} (1 at first) and {@code b} (0), which make a logit of the sum where it
 * is learned pointwise. A passage is kept as a vector of {@code dimensions} numbers a token.
 *
 * <p>Knobs: {@code dimensions} (128). Unlike the paper's, queries are not filled up with {@code [MASK]} tokens, punctuation
 * counts, and nothing marks which side a text is on.
 *
 * <p>Source: O. Khattab and M. Zaharia, ColBERT, 2020, arXiv:2004.12832.
 */
final class MaxSim implements Interaction {
    static final Knob[] KNOBS = {Knob.whole("dimensions", 128, 1, 4096, "numbers of a token's vector")};

    private final int dimensions;

    MaxSim(Knobs knobs) {
        this.dimensions = knobs.whole("dimensions");
    }

    @Override
    public int vectors() {
        return 0;
    }

    @Override
    public int size(int width) {
        return dimensions;
    }

    @Override
    public Weights initial(String task, int width, SplittableRandom random) {
        return new HeadWeights(task, random)
                .normal("projection", dimensions, width)
                .constant("scale", 1, 1)
                .constant("bias", 0, 1)
                .all();
    }

    @Override
    public <T> T items(Ops<T> ops, String task, Hidden<T> hidden) {
        T projection = ops.weight(HeadWeights.name(task, "projection"));
        return Matryoshka.atLengthOne(ops, ops.linear(hidden.last(), projection, null));
    }

    @Override
    public <T> T scores(Ops<T> ops, String task, T queries, T queryMask, T passages, T passageMask) {
        T cosines = ops.matmul(queries, ops.transpose(passages, 0, 2, 1));
        T never = ops.reshape(ops.affine(passageMask, -NEVER, NEVER), 0, 1, -1);
        T nearest = ops.max(ops.add(cosines, never), -1, false);
        T sum = ops.sum(queryMask == null ? nearest : ops.multiply(nearest, queryMask), -1, false);
        T scaled = ops.multiply(sum, ops.weight(HeadWeights.name(task, "scale")));
        return ops.add(scaled, ops.weight(HeadWeights.name(task, "bias")));
    }
}
