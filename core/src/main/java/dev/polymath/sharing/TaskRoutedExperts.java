package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Experts that are chosen by the task alone: in some layers the feed-forward block gives way to experts, of which a task
 * {@code t} uses the same few for all of its tokens,
 *
 * <pre>
 *   z = G e[t],    y = sum over the top experts of share[e] E[e](x)
 * </pre>
 *
 * with a vector {@code e[t] [width]} that each task learns, a gate {@code G [experts, width]} a layer, {@link Routing} for
 * the shares and {@link Experts} for the blocks. Tasks with vectors that are alike use the same experts. A model for one
 * task needs that task's experts and no others: {@link #alone}. Kudugunta et al. 2021, <i>Beyond Distillation: Task-level
 * Mixture-of-Experts for Efficient Inference</i>, arXiv:2110.03742.
 *
 * <p>Knobs: {@code experts} (8), {@code top} (2), {@code every} (2) and {@code rank} (16) as for {@link MixtureOfExperts};
 * {@code balance} (0.01) weighs a load-balancing loss over the tasks of the group, each counting the same, whichever are in
 * the batch. It keeps tasks from all using the same experts; with fewer tasks times {@code top} than experts there is no
 * even load, and it moves them about without end: set it to 0 there.
 */
public final class TaskRoutedExperts implements Sharing {
    static final Knob[] KNOBS = {Routing.EXPERTS, Routing.TOP, Experts.every(2), Experts.RANK, Routing.BALANCE};

    static final String TASK = "task";

    private final int count;
    private final int top;
    private final Experts experts;
    private final double balance;

    TaskRoutedExperts(Knobs knobs) {
        this.count = knobs.whole("experts");
        this.top = Routing.top("task-moe", knobs);
        List<String> names =
                IntStream.range(0, count).mapToObj(TaskRoutedExperts::expert).toList();
        this.experts = new Experts("task-moe", knobs.whole("rank"), knobs.whole("every"), names);
        this.balance = knobs.number("balance");
    }

    @Override
    public Weights shared(Start start, SplittableRandom random) {
        Backbone backbone = start.backbone();
        Map<String, Array> gates = new LinkedHashMap<>();
        double deviation = 1 / Math.sqrt(backbone.width());
        for (int layer : experts.layers(backbone)) {
            gates.put(MixtureOfExperts.gate(layer), Initial.normal(deviation, random, count, backbone.width()));
        }
        return new Weights(gates).with(experts.initial(backbone, random));
    }

    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        Backbone backbone = start.backbone();
        return new Weights(Map.of(TASK, Initial.normal(1, random, backbone.width())));
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        return new ExpertSites<>(experts, backbone, weights) {
            @Override
            T shares(Ops<T> ops, int layer, T input) {
                T shares = routing(ops, layer, weights.own(ops, TASK)).shares();
                return ops.reshape(shares, 0, 1, count);
            }

            private Routing<T> routing(Ops<T> ops, int layer, T tasks) {
                T gate = weights.shared(ops, MixtureOfExperts.gate(layer));
                return Routing.of(ops, ops.linear(tasks, gate, null), top);
            }

            @Override
            public T penalty(Ops<T> ops) {
                if (balance == 0) return null;
                T sum = null;
                for (int layer : layers()) {
                    Routing<T> routing = routing(ops, layer, weights.all(ops, TASK));
                    T imbalance = Routing.imbalance(ops, routing.probabilities(), routing.chosen(), count, top);
                    sum = sum == null ? imbalance : ops.add(sum, imbalance);
                }
                return ops.scale(sum, balance);
            }
        };
    }

    /**
     * The experts that a task uses, by layer, in rising order.
     *
     * @param shared by the names of {@link #shared}
     * @param own the task's, by the names of {@link #own}
     */
    public Map<Integer, List<Integer>> used(Backbone backbone, Weights shared, Weights own) {
        float[] task = own.get(TASK).floats();
        Map<Integer, List<Integer>> used = new LinkedHashMap<>();
        for (int layer : experts.layers(backbone)) {
            float[] gate = shared.get(MixtureOfExperts.gate(layer)).floats();
            Map<Integer, Double> logits = new HashMap<>();
            for (int expert = 0; expert < count; expert++) {
                double logit = 0;
                for (int i = 0; i < task.length; i++) logit += (double) gate[expert * task.length + i] * task[i];
                logits.put(expert, logit);
            }
            List<Integer> best = IntStream.range(0, count)
                    .boxed()
                    .sorted(Comparator.comparingDouble(expert -> -logits.get(expert)))
                    .limit(top)
                    .sorted()
                    .toList();
            used.put(layer, best);
        }
        return used;
    }

    /** With the experts that the task uses and no others, numbered anew: a part of {@code top} experts, all in use. */
    @Override
    public Alone alone(Backbone backbone, String task, Alone all) {
        Weights kept = Weights.empty();
        for (Map.Entry<Integer, List<Integer>> used :
                used(backbone, all.shared(), all.own()).entrySet()) {
            int layer = used.getKey();
            String gate = MixtureOfExperts.gate(layer);
            List<Array> rows = new ArrayList<>();
            for (int expert : used.getValue()) {
                Weights renamed = experts.renamed(backbone, all.shared(), layer, expert(expert), expert(rows.size()));
                kept = kept.with(renamed);
                rows.add(all.shared().get(gate).row(expert));
            }
            kept = kept.with(new Weights(Map.of(gate, Array.stack(rows))));
        }
        Map<String, Object> knobs = new HashMap<>(all.spec().knobs());
        knobs.put("experts", (double) top);
        return new Alone(new PartSpec(all.spec().type(), knobs), kept, all.own());
    }

    private static String expert(int number) {
        return "expert." + number;
    }
}
