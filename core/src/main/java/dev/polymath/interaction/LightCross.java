package dev.polymath.interaction;

import dev.polymath.InputException;
import dev.polymath.embedding.Matryoshka;
import dev.polymath.model.Hidden;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Light cross-attention: a passage is kept as {@code k} vectors, and these alone look at the query's tokens, in layers of their
 * own; the query is read once and looks at nothing.
 *
 * <pre>
 *   c_i = sum over tokens t of the passage of softmax_t(u_i h_t) h_t            kept, [k, width]
 *   c  += O attention(Q n(c), K q, V q);  c += F2 gelu(F1 n(c))                 for each layer; q are the query's states
 *   s   = a cos(mean c, mean q) + w n(mean c) + b
 * </pre>
 *
 * <p>{@code n} is layer normalisation. {@code O}, {@code F2} and {@code w} are 0 at first, {@code a} is 20, so that it begins as
 * the cosine of two means, and learns what the attention adds. All matrices are {@code [width, width]}.
 *
 * <p>Knobs: {@code vectors} k (4), {@code layers} (2), {@code heads} of attention (4), whose scores are multiplied by a learned
 * temperature, {@code 1 / sqrt(width / heads)} at first. Unlike in the paper, whose layers look at the states behind several layers
 * of the backbone, all of them look at the last, which is what heads of a model read.
 *
 * <p>Source: Y. Yang et al., Once is Enough: A Light-Weight Cross-Attention for Fast Sentence Pair Modeling (MixEncoder), 2022,
 * arXiv:2210.05261.
 */
final class LightCross implements Interaction {
    static final Knob[] KNOBS = {
        Knob.whole("vectors", 4, 1, 64, "that a passage is kept as"),
        Knob.whole("layers", 2, 1, 12, "in which they look at the query"),
        Knob.whole("heads", 4, 1, 64, "of attention in each layer")
    };

    private static final double EPSILON = 1e-6;
    private static final double SCALE = 20;

    private final int vectors;
    private final int layers;
    private final int heads;

    LightCross(Knobs knobs) {
        this.vectors = knobs.whole("vectors");
        this.layers = knobs.whole("layers");
        this.heads = knobs.whole("heads");
    }

    @Override
    public int vectors() {
        return vectors;
    }

    @Override
    public int size(int width) {
        return width;
    }

    @Override
    public Weights initial(String task, int width, SplittableRandom random) {
        if (width % heads != 0) {
            throw new InputException("task '" + task + "': form light-cross has " + heads
                    + " heads; the backbone's width, " + width + ", must be a multiple of them");
        }
        HeadWeights weights = new HeadWeights(task, random).normal("context", vectors, width);
        for (int layer = 0; layer < layers; layer++) {
            for (String map : new String[] {"query", "key", "value", "inner"}) {
                weights.normal(of(layer, map), width, width).constant(of(layer, map) + "_bias", 0, width);
            }
            for (String map : new String[] {"output", "outer"}) {
                weights.constant(of(layer, map), 0, width, width).constant(of(layer, map) + "_bias", 0, width);
            }
            for (String norm : new String[] {"attention_norm", "inner_norm"}) norm(weights, of(layer, norm), width);
            weights.constant(of(layer, "temperature"), Math.sqrt((double) heads / width), 1);
        }
        norm(weights, "last_norm", width);
        return weights.constant("scale", SCALE, 1)
                .constant("weight", 0, 1, width)
                .constant("bias", 0, 1)
                .all();
    }

    private static void norm(HeadWeights weights, String name, int width) {
        weights.constant(name, 1, width).constant(name + "_bias", 0, width);
    }

    private static String of(int layer, String weight) {
        return "layer." + layer + "." + weight;
    }

    @Override
    public <T> T items(Ops<T> ops, String task, Hidden<T> hidden) {
        T scores = ops.linear(hidden.last(), ops.weight(HeadWeights.name(task, "context")), null);
        T mask = ops.reshape(ops.affine(ops.toFloat(hidden.mask()), -NEVER, NEVER), 0, -1, 1);
        T shares = ops.softmax(ops.add(scores, mask), 1);
        T context = ops.matmul(ops.transpose(shares, 0, 2, 1), hidden.last());
        return ops.concat(1, List.of(context, hidden.last()));
    }

    @Override
    public <T> T scores(Ops<T> ops, String task, T queries, T queryMask, T passages, T passageMask) {
        T bias = queryMask == null
                ? ops.constant(Array.zeros(1))
                : ops.reshape(ops.affine(queryMask, -NEVER, NEVER), 0, 1, 1, -1);
        T context = passages;
        for (int layer = 0; layer < layers; layer++) context = layer(ops, task, layer, context, queries, bias);
        T passage = ops.mean(context, 1, false);
        T cosine = ops.sum(
                ops.multiply(
                        Matryoshka.atLengthOne(ops, passage),
                        Matryoshka.atLengthOne(ops, mean(ops, queries, queryMask))),
                -1,
                false);
        T rest = ops.linear(
                norm(ops, task, "last_norm", passage), weight(ops, task, "weight"), weight(ops, task, "bias"));
        return ops.add(ops.multiply(cosine, weight(ops, task, "scale")), ops.reshape(rest, -1));
    }

    private <T> T layer(Ops<T> ops, String task, int layer, T context, T queries, T bias) {
        T looking = linear(ops, task, of(layer, "query"), norm(ops, task, of(layer, "attention_norm"), context));
        T keys = linear(ops, task, of(layer, "key"), queries);
        T values = linear(ops, task, of(layer, "value"), queries);
        T temperature = weight(ops, task, of(layer, "temperature"));
        T scores = ops.matmul(byHead(ops, looking), ops.transpose(byHead(ops, keys), 0, 1, 3, 2));
        T shares = ops.softmax(ops.add(ops.multiply(scores, temperature), bias), -1);
        T seen = ops.matmul(shares, byHead(ops, values));
        T joined = ops.reshape(ops.transpose(seen, 0, 2, 1, 3), 0, 0, -1);
        T after = ops.add(context, linear(ops, task, of(layer, "output"), joined));
        T inner = linear(ops, task, of(layer, "inner"), norm(ops, task, of(layer, "inner_norm"), after));
        return ops.add(after, linear(ops, task, of(layer, "outer"), ops.gelu(inner)));
    }

    /** {@code [rows, items, width]} as {@code [rows, heads, items, width / heads]}. */
    private <T> T byHead(Ops<T> ops, T x) {
        return ops.transpose(ops.reshape(x, 0, 0, heads, -1), 0, 2, 1, 3);
    }

    /** Over the tokens, {@code [rows, width]}. */
    private static <T> T mean(Ops<T> ops, T states, T mask) {
        if (mask == null) return ops.mean(states, 1, false);
        T counts = ops.reshape(mask, 0, -1, 1);
        T sum = ops.sum(ops.multiply(states, counts), 1, false);
        return ops.divide(sum, ops.atLeast(ops.sum(counts, 1, false), 1));
    }

    private static <T> T linear(Ops<T> ops, String task, String map, T x) {
        return ops.linear(x, weight(ops, task, map), weight(ops, task, map + "_bias"));
    }

    private static <T> T norm(Ops<T> ops, String task, String norm, T x) {
        return ops.layerNorm(x, weight(ops, task, norm), weight(ops, task, norm + "_bias"), EPSILON);
    }

    private static <T> T weight(Ops<T> ops, String task, String name) {
        return ops.weight(HeadWeights.name(task, name));
    }
}
