package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Projection;
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
 * Low-rank adaptation whose factors tasks share: at some projections a task {@code t} adds to the frozen weight
 *
 * <pre>
 *   y = W x + b + alpha / rank * dropout(x) down (I + D[t]) sum over i of m[t, i] up[i]
 *   m[t] = softmax(mix[t] / temperature)
 * </pre>
 *
 * with {@code down [in, rank]}, drawn from within {@code 1 / sqrt(in)} of 0, and {@code up [ups, rank, out]}, which begins
 * as zero, both shared; and of each task's own the transform's difference to the identity {@code D [rank, rank]}, which
 * begins as zero, and {@code mix [ups]}, drawn from within {@code 1 / sqrt(ups)} of 0, since up-projections that are mixed
 * alike would stay alike. Knobs: {@code rank} (8), {@code alpha} (16), {@code dropout} (0), {@code sites} (attention.query
 * and attention.value), {@code ups} (3), {@code temperature} (0.5). With one up-projection and no difference to the identity
 * it is {@link Lora}. Yang et al. 2024, <i>MTL-LoRA: Low-Rank Adaptation for Multi-Task Learning</i>, arXiv:2410.09437.
 *
 * <p>The difference is what is learned and stored, as in {@link CovarianceAlignment} and for the same reasons.
 */
public final class MultiTaskLora implements Sharing {
    static final Knob[] KNOBS = {
        Knob.whole("rank", 8, 1, 4096, "width of the update's waist"),
        Knob.number("alpha", 16, 1e-6, 1e6, "the update counts by alpha / rank"),
        Knob.number("dropout", 0, 0, 0.99, "share of the update's inputs dropped when learning"),
        Projections.knob("the projections to update"),
        Knob.whole("ups", 3, 1, 64, "number of up-projections"),
        Knob.number("temperature", 0.5, 1e-3, 1e3, "below 1 a task keeps to fewer up-projections")
    };

    private final int rank;
    private final double scale;
    private final double dropout;
    private final List<String> sites;
    private final int ups;
    private final double temperature;

    MultiTaskLora(Knobs knobs) {
        this.rank = knobs.whole("rank");
        this.scale = knobs.number("alpha") / rank;
        this.dropout = knobs.number("dropout");
        this.sites = knobs.texts("sites");
        this.ups = knobs.whole("ups");
        this.temperature = knobs.number("temperature");
    }

    @Override
    public boolean freezesBackbone() {
        return true;
    }

    @Override
    public Weights shared(Start start, SplittableRandom random) {
        Backbone backbone = start.backbone();
        Map<String, Array> shared = new LinkedHashMap<>();
        new Projections(sites).of(backbone).forEach((site, projection) -> {
            double most = 1 / Math.sqrt(projection.in());
            shared.put(Lora.down(site), Initial.uniform(most, random, projection.in(), rank));
            shared.put(Lora.up(site), Array.zeros(ups, rank, projection.out()));
        });
        return new Weights(shared);
    }

    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        Backbone backbone = start.backbone();
        Map<String, Array> own = new LinkedHashMap<>();
        for (String site : new Projections(sites).of(backbone).keySet()) {
            own.put(transform(site), Array.zeros(rank, rank));
            own.put(mix(site), Initial.uniform(1 / Math.sqrt(ups), random, ups));
        }
        return new Weights(own);
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        Map<String, Projection> updated = new Projections(sites).of(backbone);
        return new Sites<>() {
            @Override
            public T at(Ops<T> ops, String site, T input, T output) {
                Projection projection = updated.get(site);
                if (projection == null) return output;
                T waist = ops.matmul(ops.dropout(input, dropout), weights.shared(ops, Lora.down(site)));
                T turned = ops.add(waist, ops.matmul(waist, weights.own(ops, transform(site))));
                T update = ops.matmul(ops.scale(turned, scale), up(ops, weights, site, projection.out()));
                return ops.add(output, update);
            }
        };
    }

    /** Each row's up-projection {@code [rows, rank, out]}. The few matrices are mixed, not what the tokens make of them. */
    private <T> T up(Ops<T> ops, RowWeights<T> weights, String site, long out) {
        T shares = ops.softmax(ops.scale(weights.own(ops, mix(site)), 1 / temperature), -1);
        T flat = ops.reshape(weights.shared(ops, Lora.up(site)), ups, rank * out);
        return ops.reshape(ops.matmul(shares, flat), -1, rank, out);
    }

    static String transform(String site) {
        return site + ".transform";
    }

    static String mix(String site) {
        return site + ".mix";
    }
}
