package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A sparse mixture of experts with a gate that knows the task. In some layers the feed-forward block gives way to
 * experts; for a token's state {@code x [width]} and the embedding {@code e[t] [width]} that each task {@code t} learns
 *
 * <pre>
 *   z = G (x + e[t]),    y = sum over the top experts of share[e] E[e](x)
 * </pre>
 *
 * with a gate {@code G [experts, width]} a layer, {@link Routing} for the shares and {@link Experts} for the blocks. A
 * token is computed by its {@code top} experts alone: no token is dropped, padding goes to none, and the block that they
 * replace is not computed beside them. So learning and serving cost about {@code top} times the block, whatever the number
 * of experts.
 *
 * <p>Knobs: {@code experts} (8); {@code top} (2); {@code every} (2), experts are in each so many-th layer; {@code rank} (16);
 * {@code balance} (0.01), the weight of the load-balancing loss, summed over the layers; {@code gate}, {@code now} or {@code
 * ahead}: whether a layer's gate reads what its own experts read, or what those of the layer with experts before it read
 * (the lowest, what its own read), so that a server can fetch a layer's experts while the one before computes. Here all
 * lie in memory, and {@code ahead} serves to see what that choice costs in quality.
 *
 * <p>The task-aware gate is that of Gupta et al. 2022, <i>Sparsely Activated Mixture-of-Experts are Robust Multi-Task
 * Learners</i>, arXiv:2204.07689; the balancing and the scale of a fresh gate, of Fedus et al. 2022, arXiv:2101.03961;
 * the gate ahead, of Hwang et al. 2024, <i>Pre-gated MoE</i>, arXiv:2308.12066. What differs here: the experts are the
 * backbone's block with a difference each, and shares of the chosen add up to 1.
 *
 * <p>Where a balancer needs each task's gradient, a batch passes task by task, and the load is then balanced within each
 * task instead of over the batch. A model that learned in bfloat16 may choose another expert in the F32 of serving where
 * two are about equally likely.
 */
public final class MixtureOfExperts implements Sharing {
    static final Knob[] KNOBS = {
        Routing.EXPERTS,
        Routing.TOP,
        Experts.every(2),
        Experts.RANK,
        Routing.BALANCE,
        Knob.choice(
                "gate", "now", List.of("now", "ahead"), "whether a layer's gate reads its own input or the one before")
    };

    static final String TASK = "task";

    /** Fresh gates are as Fedus et al. found stable: a tenth of the usual variance. */
    private static final double GATE_VARIANCE = 0.1;

    private final int count;
    private final int top;
    private final Experts experts;
    private final double balance;
    private final boolean ahead;

    MixtureOfExperts(Knobs knobs) {
        this.count = knobs.whole("experts");
        this.top = Routing.top("moe", knobs);
        List<String> names =
                IntStream.range(0, count).mapToObj(i -> "expert." + i).toList();
        this.experts = new Experts("moe", knobs.whole("rank"), knobs.whole("every"), names);
        this.balance = knobs.number("balance");
        this.ahead = knobs.choice("gate").equals("ahead");
    }

    @Override
    public Weights shared(Start start, SplittableRandom random) {
        Backbone backbone = start.backbone();
        Map<String, Array> gates = new LinkedHashMap<>();
        double deviation = Math.sqrt(GATE_VARIANCE / backbone.width());
        for (int layer : experts.layers(backbone)) {
            gates.put(gate(layer), Initial.normal(deviation, random, count, backbone.width()));
        }
        return new Weights(gates).with(experts.initial(backbone, random));
    }

    /** As large as a normalised state: at first task and token have an equal say. */
    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        Backbone backbone = start.backbone();
        return new Weights(Map.of(TASK, Initial.normal(1, random, backbone.width())));
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        return new Gated<>(backbone, weights);
    }

    private final class Gated<T> extends ExpertSites<T> {
        private final long width;
        private final RowWeights<T> weights;
        private final List<Routing<T>> routings = new ArrayList<>();
        private Routing<T> next;

        Gated(Backbone backbone, RowWeights<T> weights) {
            super(experts, backbone, weights);
            this.width = backbone.width();
            this.weights = weights;
        }

        @Override
        T shares(Ops<T> ops, int layer, T input) {
            Routing<T> routing = next != null ? next : routing(ops, layer, input);
            int following = layers().indexOf(layer) + 1;
            if (ahead && following < layers().size()) next = routing(ops, layers().get(following), input);
            routings.add(routing);
            return routing.shares();
        }

        private Routing<T> routing(Ops<T> ops, int layer, T input) {
            T task = ops.reshape(weights.own(ops, TASK), 0, 1, width);
            T logits = ops.linear(ops.add(input, task), weights.shared(ops, gate(layer)), null);
            return Routing.of(ops, logits, top);
        }

        @Override
        public T penalty(Ops<T> ops) {
            T sum = null;
            for (Routing<T> routing : routings) {
                T probabilities = ops.select(routing.probabilities(), mask());
                T chosen = ops.select(routing.chosen(), mask());
                T imbalance = Routing.imbalance(ops, probabilities, chosen, count, top);
                sum = sum == null ? imbalance : ops.add(sum, imbalance);
            }
            return balance == 0 ? null : ops.scale(sum, balance);
        }
    }

    static String gate(int layer) {
        return "layer." + layer + ".gate";
    }
}
