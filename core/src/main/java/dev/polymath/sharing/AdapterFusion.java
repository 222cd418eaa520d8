package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Adapters that are learned first, one a task, and then stay as they are while each task learns to attend to those of all
 * tasks. For {@code h [rows, tokens, width]}, what a layer's feed-forward block gives, and the adapters' {@code u_s =
 * b_s(h)}, bottlenecks each, task {@code t} goes on with
 *
 * <pre>
 *   in the first stage:  h + u_t
 *   then:                h + sum_s a_s u_s value_t,    a = softmax_s((h query_t) . (u_s key_t))  at each token
 * </pre>
 *
 * with {@code query [width, keys]} and {@code key [width, keys]}, drawn with a deviation of 0.02, and {@code value [width,
 * width]}, which begins as the identity; what is learned is the difference to that, so that weight decay pulls to the
 * identity, as the paper's regularisation does. With one adapter it is that adapter, but for the value matrix. Heads are
 * learned in both stages. Pfeiffer et al. 2021, <i>AdapterFusion: Non-Destructive Task Composition for Transfer
 * Learning</i>, arXiv:2005.00247, where queries and keys are as wide as the states; adapters are where it has them.
 *
 * <p>Knobs: {@code size} of an adapter's waist (16), {@code keys}, width of queries and keys (64), {@code value}, whether
 * there is a value matrix (true), {@code stage}, the share of the run in which adapters are learned (0.5). Whatever the
 * stage, what is measured on dev rows, served and kept as the best is the fused form. Each row computes all tasks'
 * adapters; and since each task attends to all, no later one joins.
 */
public final class AdapterFusion implements Sharing {
    static final Knob[] KNOBS = {
        Knob.whole("size", 16, 1, 4096, "width of an adapter's waist"),
        Knob.whole("keys", 64, 1, 4096, "width of queries and keys"),
        Knob.flag("value", true, "whether what is attended to passes a matrix of the task"),
        Knob.number("stage", 0.5, 0, 1, "share of the run in which the adapters are learned; then their fusion")
    };

    private static final double DEVIATION = 0.02;

    private final int size;
    private final int keys;
    private final boolean hasValue;
    private final Stage adapters;
    private final Stage fusion;

    AdapterFusion(Knobs knobs) {
        this.size = knobs.whole("size");
        this.keys = knobs.whole("keys");
        this.hasValue = knobs.flag("value");
        this.adapters = new Stage(0, knobs.number("stage"));
        this.fusion = new Stage(adapters.to(), 1);
    }

    @Override
    public boolean freezesBackbone() {
        return true;
    }

    @Override
    public boolean joins() {
        return false;
    }

    @Override
    public Stage learned(String weight) {
        boolean fuses = weight.endsWith(".query") || weight.endsWith(".key") || weight.endsWith(".value");
        return fuses ? fusion : adapters;
    }

    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        Backbone backbone = start.backbone();
        int width = backbone.width();
        Map<String, Array> own = new LinkedHashMap<>();
        for (String site : backbone.sites()) {
            if (!isPlace(site)) continue;
            bottleneck(backbone, site).putFresh(own, random);
            own.put(site + ".query", Initial.normal(DEVIATION, random, width, keys));
            own.put(site + ".key", Initial.normal(DEVIATION, random, width, keys));
            if (hasValue) own.put(site + ".value", Array.zeros(width, width));
        }
        return new Weights(own);
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        boolean alone = weights.learningIn(adapters);
        return new Sites<>() {
            @Override
            public T at(Ops<T> ops, String site, T input, T output) {
                if (!isPlace(site)) return output;
                Bottleneck adapter = bottleneck(backbone, site);
                T added = alone
                        ? adapter.own(ops, weights, output)
                        : fused(ops, weights, site, backbone.width(), output, adapter.all(ops, weights, output));
                return ops.add(output, added);
            }
        };
    }

    /**
     * A task's own matrices are multiplied by what is one vector a token, and not by each adapter's: {@code (h query) . (u
     * key) = (h query key^T) . u}, and the value matrix comes after the sum.
     *
     * @param h {@code [rows, tokens, width]}
     * @param all what each task's adapter gives, {@code [rows, tasks, tokens, width]}
     * @return {@code [rows, tokens, width]}
     */
    private <T> T fused(Ops<T> ops, RowWeights<T> weights, String site, int width, T h, T all) {
        T key = ops.transpose(weights.own(ops, site + ".key"), 0, 2, 1);
        T asked = ops.matmul(ops.matmul(h, weights.own(ops, site + ".query")), key);
        T scores = ops.sum(ops.multiply(all, ops.reshape(asked, 0, 1, -1, width)), -1, true);
        T attention = ops.softmax(scores, 1);
        T mixed = ops.sum(ops.multiply(all, attention), 1, false);
        return hasValue ? ops.add(mixed, ops.matmul(mixed, weights.own(ops, site + ".value"))) : mixed;
    }

    private Bottleneck bottleneck(Backbone backbone, String site) {
        return new Bottleneck(site, backbone.width(), size);
    }

    private static boolean isPlace(String site) {
        return site.endsWith(".ffn.out");
    }
}
