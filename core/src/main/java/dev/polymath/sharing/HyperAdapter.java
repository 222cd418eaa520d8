package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Adapters whose weights one network makes, which all tasks, layers and places share. From embeddings of the task {@code
 * z[t]}, the layer {@code l[i]} and the place {@code p[j]}, behind attention or behind the feed-forward block, each of
 * {@code embedding} numbers, it makes a code of {@code code} numbers, and of the code the adapter {@code
 * down [hidden, width]}, {@code b [width]}, {@code up [width, hidden]} with a layer norm's scale and shift {@code [hidden]}:
 *
 * <pre>
 *   code = LayerNorm(relu([z[t], l[i], p[j]] inner + a) outer + c) / sqrt(numbers of the code)
 *   down, b, up, scale, shift = code Gdown, code Gb, code Gup, code Gscale, code Gshift
 *   y + scale * normalised(activation(y down + b) up) + shift
 * </pre>
 *
 * The task's embedding, drawn from the standard normal distribution, is all that a task has of its own. {@code Gscale} and
 * {@code Gshift} begin as zero, so that nothing changes at first; the authors' begin near zero. Unlike theirs, the code
 * has length 1: a step of Adam moves every number of a {@code G} by about the rate, and a made weight, a sum over all of them,
 * by the rate times the sum of the code's magnitudes, which for 64 numbers of variance 1 is about 50. Knobs: {@code width} (24),
 * {@code embedding} (64), {@code inner} (128), {@code code} (64), {@code activation} (gelu). Mahabadi et al. 2021,
 * <i>Parameter-efficient Multi-task Fine-tuning for Transformers via Shared Hypernetworks</i>, arXiv:2106.04489,
 * HyperFormer++; unlike there, the backbone's layer norms stay frozen with the rest.
 *
 * <p>Weights are made for each row and not for each task, which costs about {@code 4 code hidden width} products a row and
 * layer: so what a row gives does not depend on how many tasks there are.
 */
public final class HyperAdapter implements Sharing {
    static final Knob[] KNOBS = {
        Adapters.width(),
        Knob.whole("embedding", 64, 1, 4096, "width of the embeddings of tasks, layers and places"),
        Knob.whole("inner", 128, 1, 65536, "width of the layer that makes the code"),
        Knob.whole("code", 64, 1, 4096, "width of the code that adapters are made of"),
        Adapters.activation()
    };

    static final String TASK = "task";
    static final String LAYERS = "layers";

    private static final String PLACES = "places";
    private static final List<String> NAMES = List.of(Adapters.BEHIND_ATTENTION, Adapters.BEHIND_FEED_FORWARD);
    private static final double EPSILON = 1e-6;

    private final int width;
    private final int embedding;
    private final int inner;
    private final int code;
    private final String activation;

    HyperAdapter(Knobs knobs) {
        this.width = knobs.whole("width");
        this.embedding = knobs.whole("embedding");
        this.inner = knobs.whole("inner");
        this.code = knobs.whole("code");
        this.activation = knobs.choice("activation");
    }

    /** @param layer from 0 */
    private record Place(int layer, int position) {}

    @Override
    public boolean freezesBackbone() {
        return true;
    }

    @Override
    public Weights shared(Start start, SplittableRandom random) {
        Backbone backbone = start.backbone();
        long hidden = backbone.width();
        double most = 1 / Math.sqrt(3.0 * embedding);
        Map<String, Array> shared = new LinkedHashMap<>();
        shared.put(LAYERS, Initial.normal(1, random, backbone.layers(), embedding));
        shared.put(PLACES, Initial.normal(1, random, NAMES.size(), embedding));
        for (String read : List.of(TASK, LAYERS, PLACES)) {
            shared.put("inner." + read, Initial.uniform(most, random, embedding, inner));
        }
        shared.put("inner.bias", Array.zeros(inner));
        shared.put("outer", Initial.uniform(1 / Math.sqrt(inner), random, inner, code));
        shared.put("outer.bias", Array.zeros(code));
        shared.put("norm", Initial.ones(code));
        shared.put("norm.bias", Array.zeros(code));
        // The code has length 1, so that a made matrix is about as large as a fresh one of a plain adapter.
        shared.put("down", Initial.uniform(1 / Math.sqrt(hidden), random, code, hidden * width));
        shared.put("down.bias", Array.zeros(code, width));
        shared.put("up", Initial.uniform(1 / Math.sqrt(width), random, code, width * hidden));
        shared.put("scale", Array.zeros(code, hidden));
        shared.put("shift", Array.zeros(code, hidden));
        return new Weights(shared);
    }

    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        return new Weights(Map.of(TASK, Initial.normal(1, random, embedding)));
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        Map<String, Place> places = new LinkedHashMap<>();
        for (int layer = 0; layer < backbone.layers(); layer++) {
            for (int position = 0; position < NAMES.size(); position++) {
                places.put("layer." + layer + "." + NAMES.get(position), new Place(layer, position));
            }
        }
        Array ones = Initial.ones(backbone.width());
        return new Sites<>() {
            @Override
            public T at(Ops<T> ops, String site, T input, T output) {
                Place place = places.get(site);
                if (place == null) return output;
                T code = code(ops, weights, place);
                T down = ops.reshape(made(ops, weights, code, "down"), 0, -1, width);
                T up = ops.reshape(made(ops, weights, code, "up"), 0, width, -1);
                T bias = Adapters.toTokens(ops, made(ops, weights, code, "down.bias"));
                T waist = Adapters.activated(ops, activation, ops.add(ops.matmul(output, down), bias));
                T normalised = ops.layerNorm(ops.matmul(waist, up), ops.constant(ones), null, EPSILON);
                T scale = Adapters.toTokens(ops, made(ops, weights, code, "scale"));
                T shift = Adapters.toTokens(ops, made(ops, weights, code, "shift"));
                return ops.add(output, ops.add(ops.multiply(normalised, scale), shift));
            }
        };
    }

    private static <T> T made(Ops<T> ops, RowWeights<T> weights, T code, String name) {
        return ops.matmul(code, weights.shared(ops, name));
    }

    /** Each row's code {@code [rows, code]} for a place; the product with the three embeddings side by side, part by part. */
    private <T> T code(Ops<T> ops, RowWeights<T> weights, Place place) {
        T task = ops.matmul(weights.own(ops, TASK), weights.shared(ops, "inner." + TASK));
        T layer = ops.matmul(row(ops, weights, LAYERS, place.layer), weights.shared(ops, "inner." + LAYERS));
        T position = ops.matmul(row(ops, weights, PLACES, place.position), weights.shared(ops, "inner." + PLACES));
        T inner = ops.add(ops.add(task, ops.add(layer, position)), weights.shared(ops, "inner.bias"));
        T outer = ops.add(ops.matmul(ops.relu(inner), weights.shared(ops, "outer")), weights.shared(ops, "outer.bias"));
        T normalised = ops.layerNorm(outer, weights.shared(ops, "norm"), weights.shared(ops, "norm.bias"), EPSILON);
        return ops.scale(normalised, 1 / Math.sqrt(code));
    }

    private static <T> T row(Ops<T> ops, RowWeights<T> weights, String table, int row) {
        return ops.slice(weights.shared(ops, table), 0, row, row + 1L);
    }
}
