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
 * Low-rank adaptation: at some projections each task {@code t} adds an update of its own to the frozen weight,
 *
 * <pre>
 *   y = W x + b + alpha / rank * (dropout(x) down[t]) up[t]
 * </pre>
 *
 * with {@code down [in, rank]} and {@code up [rank, out]}, which begins as zero. {@code down} is drawn from within {@code
 * 1 / sqrt(in)} of 0 ({@code init: uniform}) or normally with a deviation of {@code 1 / rank} ({@code init: gaussian}), both
 * as in peft. Knobs: {@code rank} (8), {@code alpha} (16), {@code dropout} (0), {@code sites} (attention.query and
 * attention.value), {@code init} (uniform). Since it is linear, a task's update can be added to {@code W} once and for all:
 * {@link #folded}. Hu et al. 2022, <i>LoRA: Low-Rank Adaptation of Large Language Models</i>, arXiv:2106.09685.
 *
 * <p>A task's weights are stored as peft stores them, where every updated projection is a weight of its own: {@link
 * PeftLora}.
 */
public final class Lora implements Sharing {
    static final Knob[] KNOBS = {
        Knob.whole("rank", 8, 1, 4096, "width of the update's waist"),
        Knob.number("alpha", 16, 1e-6, 1e6, "the update counts by alpha / rank"),
        Knob.number("dropout", 0, 0, 0.99, "share of the update's inputs dropped when learning"),
        Projections.knob("the projections to update"),
        Knob.choice("init", "uniform", List.of("uniform", "gaussian"), "how the way into the waist is drawn")
    };

    private final int rank;
    private final double scale;
    private final double dropout;
    private final List<String> sites;
    private final String init;
    private final PeftLora peft;

    Lora(Knobs knobs) {
        this.rank = knobs.whole("rank");
        this.scale = knobs.number("alpha") / rank;
        this.dropout = knobs.number("dropout");
        this.sites = knobs.texts("sites");
        this.init = knobs.choice("init");
        this.peft = new PeftLora(rank, knobs.number("alpha"), dropout, sites);
    }

    @Override
    public boolean freezesBackbone() {
        return true;
    }

    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        Backbone backbone = start.backbone();
        Map<String, Array> own = new LinkedHashMap<>();
        Projections.of(backbone, sites).forEach((site, projection) -> {
            own.put(down(site), fresh(projection.in(), random));
            own.put(up(site), Array.zeros(rank, projection.out()));
        });
        return new Weights(own);
    }

    private Array fresh(long in, SplittableRandom random) {
        return init.equals("gaussian")
                ? Initial.normal(1.0 / rank, random, in, rank)
                : Initial.uniform(1 / Math.sqrt(in), random, in, rank);
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        Map<String, Projection> updated = Projections.of(backbone, sites);
        return new Sites<>() {
            @Override
            public T at(Ops<T> ops, String site, T input, T output) {
                if (!updated.containsKey(site)) return output;
                T waist = ops.matmul(ops.dropout(input, dropout), weights.own(ops, down(site)));
                return ops.add(output, ops.matmul(ops.scale(waist, scale), weights.own(ops, up(site))));
            }
        };
    }

    /**
     * The backbone's weights with a task's update added to them.
     *
     * @param own the task's, by the names of {@link #own}
     */
    public Weights folded(Backbone backbone, Weights weights, Weights own) {
        Map<String, float[]> sums = new LinkedHashMap<>();
        Projections.of(backbone, sites).forEach((site, projection) -> {
            int in = (int) projection.in();
            int out = (int) projection.out();
            float[] down = own.get(down(site)).floats();
            float[] up = own.get(up(site)).floats();
            float[] sum = sums.computeIfAbsent(
                    projection.weight(), name -> weights.get(name).floats());
            for (int o = 0; o < out; o++) {
                int at = ((int) projection.from() + o) * in;
                for (int i = 0; i < in; i++) {
                    double update = 0;
                    for (int r = 0; r < rank; r++) update += (double) down[i * rank + r] * up[r * out + o];
                    sum[at + i] += (float) (scale * update);
                }
            }
        });
        Map<String, Array> folded = new LinkedHashMap<>();
        sums.forEach(
                (name, sum) -> folded.put(name, Array.of(sum, weights.get(name).shape())));
        return weights.with(new Weights(folded));
    }

    @Override
    public Weights stored(Backbone backbone, Weights own) {
        return peft.fits(backbone) ? peft.stored(backbone, own) : own;
    }

    @Override
    public Weights restored(Backbone backbone, Weights stored) {
        return peft.fits(backbone) ? peft.restored(backbone, stored) : stored;
    }

    @Override
    public Map<String, Object> peftConfig(Backbone backbone) {
        return peft.fits(backbone) ? peft.config(backbone) : Map.of();
    }

    static String down(String site) {
        return site + ".down";
    }

    static String up(String site) {
        return site + ".up";
    }
}
