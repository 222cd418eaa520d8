package dev.polymath.sharing;

import dev.polymath.InputException;
import dev.polymath.Nearest;
import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Heads at chosen layers: a task {@code t} of low level reads the state behind one of the lower layers, which tasks above
 * it build on,
 *
 * <pre>
 *   h[t] = x_{layer[t]}
 * </pre>
 *
 * for the states {@code x_l [rows, tokens, width]} behind layer {@code l}. Knob: {@code layers}, a layer from 1 for each of
 * some tasks; the others read the last. Nothing is learned beside the backbone; each task has a fixed weight of its own,
 * {@code [layers]}, 1 at its layer and 0 elsewhere. A row passes all layers, also those above its task's: tasks share a
 * batch, and the layers above get no gradient from it. A backbone with a norm behind its last layer (ModernBERT) gives
 * lower states without it. Sanh, Wolf and Ruder 2019, <i>A Hierarchical Multi-task Approach for Learning Embeddings from
 * Semantic Tasks</i>, arXiv:1811.06031; their shortcuts from the embeddings to each level are the transformer's residual
 * connections, and the order in which tasks come is the sampler's.
 */
public final class Hierarchy implements Sharing {
    static final String WEIGHT = "layer";

    static final Knob[] KNOBS = {
        Knob.wholeByTask("layers", 1, 10_000, "the layer, from 1, that a task reads; the last for others")
    };

    private final Map<String, Integer> layers = new TreeMap<>();

    Hierarchy(Knobs knobs) {
        knobs.byTask("layers").forEach((task, layer) -> layers.put(task, layer.intValue()));
    }

    @Override
    public void check(Backbone backbone, List<String> tasks) {
        layers.forEach((task, layer) -> {
            if (!tasks.contains(task)) {
                throw new InputException("sharing hierarchy: 'layers' names a task '" + task
                        + "' that is not among those that share so; " + Nearest.suggest(task, tasks));
            }
            requireLayer(backbone, task, layer);
        });
    }

    private static void requireLayer(Backbone backbone, String task, int layer) {
        if (layer <= backbone.layers()) return;
        throw new InputException("sharing hierarchy: 'layers' puts task '" + task + "' behind layer " + layer
                + ", and the backbone has layers 1 to " + backbone.layers());
    }

    @Override
    public Stage learned(String weight) {
        return Stage.NEVER;
    }

    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        Backbone backbone = start.backbone();
        int layer = layers.getOrDefault(task, backbone.layers());
        requireLayer(backbone, task, layer);
        float[] chosen = new float[backbone.layers()];
        chosen[layer - 1] = 1;
        return new Weights(Map.of(WEIGHT, Array.of(chosen, chosen.length)));
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        int last = backbone.layers();
        TreeSet<Integer> read = new TreeSet<>(layers.values());
        read.add(last);
        return new Sites<>() {
            private final List<T> states = new ArrayList<>();

            @Override
            public T at(Ops<T> ops, String site, T input, T output) {
                int layer = Layers.numberAtEnd(site);
                if (layer == 0 || !read.contains(layer)) return output;
                T chosen = ops.reshape(ops.slice(weights.own(ops, WEIGHT), 1, layer - 1, layer), 0, 1, 1);
                states.add(ops.multiply(output, chosen));
                return layer == last ? states.stream().reduce(ops::add).orElseThrow() : output;
            }
        };
    }
}
