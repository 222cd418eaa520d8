package dev.polymath.embedding;

import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;

/**
 * Picks out what belongs to an anchor among all candidates of the batch (InfoNCE): for anchors {@code i} with matches
 * {@code P(i)} and candidates {@code C(i)},
 *
 * <pre>
 *   mean over i of mean over p in P(i) of -log( exp(s[i,p] / t) / sum over j in C(i) of exp(s[i,j] / t) )
 * </pre>
 *
 * and, where it is symmetric, the half of that and the half of the same from the matches to the anchors.
 *
 * <p>Candidates that are more like the anchor than its nearest match by more than {@code filter} are likely matches that
 * nobody noted, and do not count. Knobs: {@code temperature} t (0.05), {@code symmetric} (true), {@code filter} (2, which is
 * never).
 *
 * <p>Source: A. van den Oord, Y. Li and O. Vinyals, Representation Learning with Contrastive Predictive Coding, 2018,
 * arXiv:1807.03748; many matches: P. Khosla et al., Supervised Contrastive Learning, 2020, arXiv:2004.11362; the filter:
 * G. Moreira et al., NV-Retriever, 2024, arXiv:2407.15831.
 */
final class ContrastiveLoss implements EmbeddingLoss {
    static final Knob[] KNOBS = {
        Knob.number("temperature", 0.05, 1e-3, 10, "what cosines are divided by"),
        Knob.flag("symmetric", true, "whether matches pick out their anchors too"),
        Knob.number("filter", 2, -2, 2, "candidates so much nearer than the match do not count; 2 for never")
    };

    private final double temperature;
    private final boolean symmetric;
    private final double filter;

    ContrastiveLoss(Knobs knobs) {
        this.temperature = knobs.number("temperature");
        this.symmetric = knobs.flag("symmetric");
        this.filter = knobs.number("filter");
    }

    @Override
    public Reads reads() {
        return Reads.MATCHES;
    }

    @Override
    public <T> T loss(Ops<T> ops, T cosines, T values, T weights) {
        T counts = filter < 2 ? filtered(ops, cosines, values, weights) : weights;
        T there = oneWay(ops, cosines, values, counts);
        if (!symmetric) return there;
        T back = oneWay(ops, ops.transpose(cosines, 1, 0), ops.transpose(values, 1, 0), ops.transpose(counts, 1, 0));
        return ops.scale(ops.add(there, back), 0.5);
    }

    private <T> T oneWay(Ops<T> ops, T cosines, T values, T counts) {
        T matches = ops.multiply(values, counts);
        T likely = ops.logSoftmax(Pairs.only(ops, ops.scale(cosines, 1 / temperature), counts), -1);
        T number = ops.sum(matches, -1, false);
        T perAnchor = ops.divide(ops.sum(ops.multiply(likely, matches), -1, false), ops.atLeast(number, 1));
        return ops.scale(Pairs.mean(ops, perAnchor, Pairs.some(ops, number)), -1);
    }

    /** The weights without those wrong ones that are too near. */
    private <T> T filtered(Ops<T> ops, T cosines, T values, T weights) {
        T matches = ops.multiply(values, weights);
        T nearest = ops.max(Pairs.only(ops, ops.detached(cosines), matches), -1, true);
        T above = ops.relu(ops.affine(ops.subtract(ops.detached(cosines), nearest), 1, -filter));
        T wrong = ops.multiply(Pairs.some(ops, above), ops.affine(values, -1, 1));
        return ops.multiply(weights, ops.affine(wrong, -1, 1));
    }

    @Override
    public double chance(int rows) {
        return Math.log(Math.max(2, rows));
    }
}
