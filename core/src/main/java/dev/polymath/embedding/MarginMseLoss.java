package dev.polymath.embedding;

import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;

/**
 * A match is as much nearer than a wrong text as a teacher (a re-ranker) says: for anchors {@code i}, their matches {@code
 * p} and wrong texts {@code n} of their own with the teacher's scores {@code y},
 *
 * <pre>
 *   mean over (i, p, n) of (scale (s[i,p] - s[i,n]) - (y[i,p] - y[i,n]))^2
 * </pre>
 *
 * Knobs: {@code scale} (10): cosines lie between -1 and 1, a teacher's logits do not.
 *
 * <p>Source: S. Hofstätter et al., Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation,
 * 2020, arXiv:2010.02666.
 */
final class MarginMseLoss implements EmbeddingLoss {
    static final Knob[] KNOBS = {Knob.number("scale", 10, 0.1, 100, "what cosines are multiplied by")};

    private final double scale;

    MarginMseLoss(Knobs knobs) {
        this.scale = knobs.number("scale");
    }

    @Override
    public Reads reads() {
        return Reads.TEACHER;
    }

    @Override
    public <T> T loss(Ops<T> ops, T cosines, T values, T weights) {
        // An anchor has one match, at which the weight is 2.
        T match = ops.relu(ops.affine(weights, 1, -1));
        T wrong = ops.subtract(weights, ops.scale(match, 2));
        T nearer = margin(ops, ops.scale(cosines, scale), match);
        T better = margin(ops, values, match);
        T error = ops.subtract(nearer, better);
        return Pairs.mean(ops, ops.multiply(error, error), wrong);
    }

    /** {@code x[i, match of i] - x[i, j]}. */
    private static <T> T margin(Ops<T> ops, T x, T match) {
        return ops.subtract(ops.sum(ops.multiply(x, match), -1, true), x);
    }

    /** A re-ranker's margins are of some units. */
    @Override
    public double chance(int rows) {
        return 10;
    }
}
