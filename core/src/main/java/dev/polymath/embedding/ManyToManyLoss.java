package dev.polymath.embedding;

import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;

/**
 * Each match of an anchor is picked out among the anchor's wrong candidates alone, so that several matches do not push each
 * other away: for matches {@code (i, p)} and wrong candidates {@code N(i)},
 *
 * <pre>
 *   mean over (i, p) of -log( exp(s[i,p] / t) / (exp(s[i,p] / t) + sum over j in N(i) of exp(s[i,j] / t)) )
 * </pre>
 *
 * the half of that and the half of the same from the matches to the anchors. Knobs: {@code temperature} t (0.05).
 *
 * <p>Source: the many-to-many InfoNCE of the Unified Work Embeddings (UWE) on WorkBench.
 */
final class ManyToManyLoss implements EmbeddingLoss {
    static final Knob[] KNOBS = {Knob.number("temperature", 0.05, 1e-3, 10, "what cosines are divided by")};

    private final double temperature;

    ManyToManyLoss(Knobs knobs) {
        this.temperature = knobs.number("temperature");
    }

    @Override
    public Reads reads() {
        return Reads.MATCHES;
    }

    @Override
    public <T> T loss(Ops<T> ops, T cosines, T values, T weights) {
        T there = oneWay(ops, cosines, values, weights);
        T back = oneWay(ops, ops.transpose(cosines, 1, 0), ops.transpose(values, 1, 0), ops.transpose(weights, 1, 0));
        return ops.scale(ops.add(there, back), 0.5);
    }

    private <T> T oneWay(Ops<T> ops, T cosines, T values, T weights) {
        T scaled = ops.scale(cosines, 1 / temperature);
        T matches = ops.multiply(values, weights);
        T wrong = ops.subtract(weights, matches);
        T against = Pairs.logSumExp(ops, Pairs.only(ops, scaled, wrong));
        return Pairs.mean(ops, ops.softplus(ops.subtract(against, scaled)), matches);
    }

    @Override
    public double chance(int rows) {
        return Math.log(Math.max(2, rows));
    }
}
