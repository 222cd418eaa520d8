package dev.polymath.embedding;

import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.weights.Array;
import java.util.List;

/**
 * Puts pairs in the order of their scores (CoSENT): for scored pairs {@code a, b} of a batch with cosines {@code s} and
 * scores {@code y},
 *
 * <pre>
 *   log(1 + sum over y[a] > y[b] of exp(scale (s[b] - s[a])))
 * </pre>
 *
 * Only the order of scores matters, which is what Spearman's coefficient measures. Knobs: {@code scale} (20).
 *
 * <p>Source: J. Su, CoSENT, 2022 (kexue.fm/archives/8847), as in sentence-transformers.
 */
final class CosineLoss implements EmbeddingLoss {
    static final Knob[] KNOBS = {Knob.number("scale", 20, 0.1, 1000, "what differences of cosines are multiplied by")};

    private final double scale;

    CosineLoss(Knobs knobs) {
        this.scale = knobs.number("scale");
    }

    @Override
    public Reads reads() {
        return Reads.SCORES;
    }

    @Override
    public <T> T loss(Ops<T> ops, T cosines, T values, T weights) {
        T scored = ops.select(cosines, weights);
        T scores = ops.select(values, weights);
        T higher = Pairs.some(ops, ops.relu(ops.subtract(ops.reshape(scores, -1, 1), ops.reshape(scores, 1, -1))));
        T wrong = ops.subtract(ops.reshape(scored, 1, -1), ops.reshape(scored, -1, 1));
        T counted = Pairs.only(ops, ops.scale(wrong, scale), higher);
        // The 0 is the 1 in log(1 + ...).
        T terms = ops.concat(1, List.of(ops.constant(Array.zeros(1, 1)), ops.reshape(counted, 1, -1)));
        return ops.total(Pairs.logSumExp(ops, terms));
    }

    @Override
    public double chance(int rows) {
        return Math.log(1 + rows * (rows - 1) / 2.0) + 1;
    }
}
