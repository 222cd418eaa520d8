package dev.polymath.embedding;

import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;

/**
 * A match must be nearer than the nearest wrong candidate of the batch by a margin: for matches {@code (i, p)},
 *
 * <pre>
 *   mean over (i, p) of max(0, margin + max over wrong j of s[i,j] - s[i,p])
 * </pre>
 *
 * Knobs: {@code margin} (0.2), in cosines.
 *
 * <p>Source: F. Schroff, D. Kalenichenko and J. Philbin, FaceNet, 2015, arXiv:1503.03832; the hardest of a batch: A. Hermans,
 * L. Beyer and B. Leibe, 2017, arXiv:1703.07737.
 */
final class TripletLoss implements EmbeddingLoss {
    static final Knob[] KNOBS = {Knob.number("margin", 0.2, 0, 2, "by how much a match must be nearer, in cosines")};

    private final double margin;

    TripletLoss(Knobs knobs) {
        this.margin = knobs.number("margin");
    }

    @Override
    public Reads reads() {
        return Reads.MATCHES;
    }

    @Override
    public <T> T loss(Ops<T> ops, T cosines, T values, T weights) {
        T matches = ops.multiply(values, weights);
        T wrong = ops.subtract(weights, matches);
        T hardest = ops.max(Pairs.only(ops, cosines, wrong), -1, true);
        return Pairs.mean(ops, ops.relu(ops.affine(ops.subtract(hardest, cosines), 1, margin)), matches);
    }

    @Override
    public double chance(int rows) {
        return Math.max(0.05, margin);
    }
}
