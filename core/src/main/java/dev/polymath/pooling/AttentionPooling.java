package dev.polymath.pooling;

import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.model.Reading;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The mean in which a token's state counts {@code softmax(h u)}, with a vector {@code u [width]} of the task's own; at first all
 * count alike. With the knob {@code layers} the states are those behind several layers, and the softmax is over the tokens
 * of all of them, so that the task learns which layers it reads too.
 *
 * <p>Source: K. Lin et al., 2017, arXiv:1703.03130; over layers as M. Peters et al., ELMo, 2018, arXiv:1802.05365, mix them.
 *
 * @param layers from 1, from below; none for the last alone
 */
record AttentionPooling(List<Integer> layers) implements Pooling {
    static final String NAME = "attention";

    static final Knob[] KNOBS = {
        Knob.wholes("layers", 1, 10_000, "the layers, from 1, whose states are read; the last alone without it")
    };

    AttentionPooling {
        layers = List.copyOf(new TreeSet<>(layers));
    }

    AttentionPooling(Knobs knobs) {
        this(knobs.wholes("layers"));
    }

    @Override
    public PartSpec part() {
        return new PartSpec(NAME, layers.isEmpty() ? Map.of() : Map.of("layers", layers));
    }

    @Override
    public Reading reading(int passed) {
        return layers.isEmpty() ? Reading.of(passed) : new Reading(layers, List.of());
    }

    @Override
    public void check(Backbone backbone) {
        for (int layer : layers) {
            if (layer <= backbone.layers()) continue;
            throw new InputException("pooling " + NAME + ": layers has " + layer + ", and the backbone has layers 1 to "
                    + backbone.layers());
        }
    }

    @Override
    public Weights initial(String task, int width) {
        return new Weights(Map.of(weight(task), Array.zeros(width)));
    }

    private static String weight(String task) {
        return "heads." + task + ".pooling";
    }

    @Override
    public <T> T pool(Ops<T> ops, Hidden<T> hidden, String task) {
        T states = ops.concat(1, hidden.layers());
        T never = Tokens.never(ops, Tokens.mask(ops, hidden));
        List<T> nevers = new ArrayList<>();
        for (int i = 0; i < hidden.layers().size(); i++) nevers.add(never);
        T scores = ops.matmul(states, ops.reshape(ops.weight(weight(task)), -1, 1));
        T shares = ops.softmax(ops.add(scores, ops.concat(1, nevers)), 1);
        return ops.sum(ops.multiply(states, shares), 1, false);
    }
}
