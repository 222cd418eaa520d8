package dev.polymath.pooling;

import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.model.Reading;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.project.PartSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The mean in which a token counts as much as it attends to itself in one head of the backbone:
 *
 * <pre>
 *   v = sum_i A_ii h_i / sum_i A_ii,    A = softmax(Q K^T / sqrt(size) + bias)   of that head, [tokens, tokens]
 * </pre>
 *
 * for the states {@code h [rows, tokens, width]}. Heads that attend to themselves where a word says much weigh the words of a
 * text without any learning. Knobs: {@code layer} and {@code head}, both from 1; {@code over}, which states are weighed.
 *
 * <p>Source: Q. Chen et al., Ditto, 2023, arXiv:2305.10786, where head 10 of layer 1 is taken of BERT-base.
 */
record DiagonalAttention(int layer, int head, States over) implements Pooling {
    static final String NAME = "diagonal-attention";

    static final Knob[] KNOBS = {
        Knob.whole("layer", 1, 1, 10_000, "the layer, from 1, whose attention is read"),
        Knob.whole("head", 10, 1, 10_000, "the head of that layer, from 1"),
        States.knob(States.LAST)
    };

    /** Of the sum of weights: tokens of a long text may attend to themselves very little. */
    private static final double LEAST = 1e-12;

    DiagonalAttention(Knobs knobs) {
        this(knobs.whole("layer"), knobs.whole("head"), States.of(knobs));
    }

    @Override
    public PartSpec part() {
        Map<String, Object> knobs = new HashMap<>(Map.of("layer", layer, "head", head));
        if (over != States.LAST) knobs.put("over", over.key());
        return new PartSpec(NAME, knobs);
    }

    @Override
    public Reading reading(int layers) {
        return new Reading(over.reading(layers).layers(), List.of(new Reading.Diagonal(layer, head)));
    }

    @Override
    public void check(Backbone backbone) {
        require("layer", layer, backbone.layers(), "layers");
        require("head", head, backbone.heads(), "heads a layer");
    }

    private static void require(String knob, int value, int most, String what) {
        if (value <= most) return;
        throw new InputException(
                "pooling " + NAME + ": " + knob + " is " + value + ", and the backbone has " + what + " 1 to " + most);
    }

    @Override
    public <T> T pool(Ops<T> ops, Hidden<T> hidden, String task) {
        T itself = ops.reshape(hidden.diagonals().get(0), 0, 0, 1);
        T counts = ops.multiply(itself, Tokens.mask(ops, hidden));
        T sum = ops.sum(ops.multiply(over.of(ops, hidden), counts), 1, false);
        return ops.divide(sum, ops.atLeast(ops.sum(counts, 1, false), LEAST));
    }
}
