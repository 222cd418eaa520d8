package dev.polymath.sharing;

import dev.polymath.InputException;
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
import java.util.Locale;
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
 * attention.value), {@code first_layer} (1), {@code init} (uniform), {@code context} (task), {@code context_texts} (256). Since it is linear, a task's
 * update can be added to {@code W} once and for all: {@link #folded}. Hu et al. 2022, <i>LoRA: Low-Rank Adaptation of Large
 * Language Models</i>, arXiv:2106.09685.
 *
 * <p>With {@code init: corda} the factors begin as components of {@code W} itself, which follow from what the projection
 * reads of {@code context_texts} texts, as {@link Orientation} tells. The paper takes them out of {@code W}. Here {@code W} is
 * all tasks', so each task takes them out of what {@code W} gives: its first factors stay beside those that it learns and
 * are subtracted ({@link FixedFactors}). A fresh one thus changes nothing. The computation is that of twice the rank until
 * it is folded, and so are a task's stored weights. Yang et al. 2024, arXiv:2406.05223.
 *
 * <p>A task's weights are stored as peft stores them, where every updated projection is a weight of its own: {@link
 * PeftLora}.
 */
public final class Lora implements Sharing {
    private static final String CORDA = "corda";

    static final Knob[] KNOBS = {
        Knob.whole("rank", 8, 1, 4096, "width of the update's waist"),
        Knob.number("alpha", 16, 1e-6, 1e6, "the update counts by alpha / rank"),
        Knob.number("dropout", 0, 0, 0.99, "share of the update's inputs dropped when learning"),
        Projections.knob("the projections to update"),
        Projections.first(),
        Knob.choice("init", "uniform", List.of("uniform", "gaussian", CORDA), "how the factors begin"),
        Knob.choice("context", "task", List.of("task", "others"), "for corda: whose texts tell how they begin"),
        Knob.whole("context_texts", 256, 1, 1_000_000, "for corda: the most texts of a context")
    };

    private final int rank;
    private final double scale;
    private final double dropout;
    private final Projections projections;
    private final String init;
    private final Orientation.Context context;
    private final int contextTexts;
    private final boolean oriented;
    private final PeftLora peft;

    Lora(Knobs knobs) {
        this.rank = knobs.whole("rank");
        this.scale = knobs.number("alpha") / rank;
        this.dropout = knobs.number("dropout");
        this.projections = Projections.of(knobs);
        this.init = knobs.choice("init");
        this.context = Orientation.Context.valueOf(knobs.choice("context").toUpperCase(Locale.ROOT));
        this.contextTexts = knobs.whole("context_texts");
        this.oriented = init.equals(CORDA);
        int factors = oriented ? 2 : 1;
        this.peft = new PeftLora(factors * rank, factors * knobs.number("alpha"), dropout, projections);
    }

    @Override
    public boolean freezesBackbone() {
        return true;
    }

    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        Backbone backbone = start.backbone();
        Map<String, Array> own = new LinkedHashMap<>();
        projections.of(backbone).forEach((site, projection) -> {
            if (oriented) {
                own.putAll(FixedFactors.beginning(site, component(start, task, site), scale));
                return;
            }
            own.put(down(site), fresh(projection.in(), random));
            own.put(up(site), Array.zeros(rank, projection.out()));
        });
        return new Weights(own);
    }

    private static Factors component(Start start, String task, String site) {
        Factors component = start.components().getOrDefault(task, Map.of()).get(site);
        if (component == null) throw new IllegalArgumentException("no component of " + site + " for " + task);
        return component;
    }

    @Override
    public Orientation orientation(Backbone backbone) {
        if (!oriented) return null;
        Map<String, Projection> updated = projections.of(backbone);
        updated.forEach((site, projection) -> {
            long most = Math.min(projection.in(), projection.out());
            if (rank <= most) return;
            throw new InputException("rank is " + rank + ", but " + site + " has " + most
                    + " components to begin with; with 'init: corda' it can be at most that");
        });
        return new Orientation(updated, rank, context, contextTexts);
    }

    @Override
    public int plainLayers() {
        return projections.below();
    }

    @Override
    public void check(Backbone backbone, List<String> tasks) {
        projections.check(backbone);
        orientation(backbone);
    }

    @Override
    public Stage learned(String weight) {
        return FixedFactors.has(weight) ? Stage.NEVER : Stage.ALWAYS;
    }

    private Array fresh(long in, SplittableRandom random) {
        return init.equals("gaussian")
                ? Initial.normal(1.0 / rank, random, in, rank)
                : Initial.uniform(1 / Math.sqrt(in), random, in, rank);
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        Map<String, Projection> updated = projections.of(backbone);
        return new Sites<>() {
            @Override
            public T at(Ops<T> ops, String site, T input, T output) {
                if (!updated.containsKey(site)) return output;
                T update = product(ops, ops.dropout(input, dropout), down(site), up(site));
                // Apart from what is learned: where both are equal, their difference is exactly 0.
                if (oriented) {
                    T fixed = product(ops, input, FixedFactors.down(site), FixedFactors.up(site));
                    update = ops.subtract(update, fixed);
                }
                return ops.add(output, update);
            }

            private T product(Ops<T> ops, T input, String down, String up) {
                T waist = ops.matmul(input, weights.own(ops, down));
                return ops.matmul(ops.scale(waist, scale), weights.own(ops, up));
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
        projections.of(backbone).forEach((site, projection) -> {
            float[] sum = sums.computeIfAbsent(
                    projection.weight(), name -> weights.get(name).floats());
            add(scale, own.get(down(site)), own.get(up(site)), projection, sum);
            if (oriented) {
                add(-scale, own.get(FixedFactors.down(site)), own.get(FixedFactors.up(site)), projection, sum);
            }
        });
        Map<String, Array> folded = new LinkedHashMap<>();
        sums.forEach(
                (name, sum) -> folded.put(name, Array.of(sum, weights.get(name).shape())));
        return weights.with(new Weights(folded));
    }

    /** Adds a product of factors to the rows of a weight that are a projection's. */
    private void add(double factor, Array downs, Array ups, Projection projection, float[] sum) {
        int in = (int) projection.in();
        int out = (int) projection.out();
        float[] down = downs.floats();
        float[] up = ups.floats();
        for (int o = 0; o < out; o++) {
            int at = ((int) projection.from() + o) * in;
            for (int i = 0; i < in; i++) {
                double update = 0;
                for (int r = 0; r < rank; r++) update += (double) down[i * rank + r] * up[r * out + o];
                sum[at + i] += (float) (factor * update);
            }
        }
    }

    @Override
    public Weights stored(Backbone backbone, Weights own) {
        if (!peft.fits(backbone)) return own;
        return peft.stored(backbone, oriented ? FixedFactors.joined(own) : own);
    }

    @Override
    public Weights restored(Backbone backbone, Weights stored) {
        if (!peft.fits(backbone)) return stored;
        Weights own = peft.restored(backbone, stored);
        return oriented ? FixedFactors.parted(own) : own;
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
