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
 * Bottleneck adapters: behind the last projection of a sub-layer, before its residual and norm, each task {@code t} adds
 * what a small network of its own makes of the output {@code y [rows, tokens, hidden]},
 *
 * <pre>
 *   y + activation(y down[t] + b[t]) up[t] + c[t]
 * </pre>
 *
 * with {@code down [hidden, width]}, drawn from within {@code 1 / sqrt(hidden)} of 0, and {@code b [width]}, {@code up
 * [width, hidden]}, {@code c [hidden]}, which begin as zero. Knobs: {@code placement}, {@code houlsby} (behind attention
 * and behind the feed-forward block) or {@code pfeiffer} (behind the feed-forward block alone); {@code width} (24); {@code
 * activation} (gelu). Houlsby et al. 2019, <i>Parameter-Efficient Transfer Learning for NLP</i>, arXiv:1902.00751; the
 * smaller placement is what Pfeiffer et al. 2021, <i>AdapterFusion</i>, arXiv:2005.00247, found to do as well.
 *
 * <p>Unlike both papers, layer norms stay as the backbone has them, and Pfeiffer's reading of the state with the residual
 * added is not there. peft knows no bottleneck adapters: these are stored under the names that they have here.
 */
public final class Adapter implements Sharing {
    static final Knob[] KNOBS = {
        Knob.choice("placement", "houlsby", List.of("houlsby", "pfeiffer"), "behind both sub-layers, or the second"),
        Adapters.width(),
        Adapters.activation(),
        Projections.first()
    };

    private final Projections projections;
    private final int width;
    private final String activation;

    Adapter(Knobs knobs) {
        List<String> sites = knobs.choice("placement").equals("houlsby")
                ? List.of(Adapters.BEHIND_ATTENTION, Adapters.BEHIND_FEED_FORWARD)
                : List.of(Adapters.BEHIND_FEED_FORWARD);
        this.projections = Projections.of(sites, knobs);
        this.width = knobs.whole("width");
        this.activation = knobs.choice("activation");
    }

    @Override
    public boolean freezesBackbone() {
        return true;
    }

    @Override
    public int plainLayers() {
        return projections.below();
    }

    @Override
    public void check(Backbone backbone, List<String> tasks) {
        projections.check(backbone);
    }

    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        Backbone backbone = start.backbone();
        Map<String, Array> own = new LinkedHashMap<>();
        projections.of(backbone).forEach((site, projection) -> {
            long hidden = projection.out();
            own.put(site + ".down", Initial.uniform(1 / Math.sqrt(hidden), random, hidden, width));
            own.put(site + ".down.bias", Array.zeros(width));
            own.put(site + ".up", Array.zeros(width, hidden));
            own.put(site + ".up.bias", Array.zeros(hidden));
        });
        return new Weights(own);
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        Map<String, Projection> followed = projections.of(backbone);
        return new Sites<>() {
            @Override
            public T at(Ops<T> ops, String site, T input, T output) {
                if (!followed.containsKey(site)) return output;
                T waist = ops.add(
                        ops.matmul(output, weights.own(ops, site + ".down")),
                        Adapters.toTokens(ops, weights.own(ops, site + ".down.bias")));
                T update = ops.add(
                        ops.matmul(Adapters.activated(ops, activation, waist), weights.own(ops, site + ".up")),
                        Adapters.toTokens(ops, weights.own(ops, site + ".up.bias")));
                return ops.add(output, update);
            }
        };
    }
}
