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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Learns where tasks part. The backbone's layers are cut into levels, and at each level there are several branches: versions
 * of the level's projections, {@code W + D_j}. Each branch has one parent at the level below, and each task one branch at the
 * top, so that the branches a task passes are a path up a tree, and tasks that part stay parted:
 *
 * <pre>
 *   y = W x + b + sum_j p_j D_j x,    p [branches] of the task's path at the level
 *   p_top = choose(leaf_t),    p_l = p_{l+1} choose(parents_{l+1})
 * </pre>
 *
 * for learned logits {@code leaf_t [branches]} of each task and {@code parents_l [branches, branches]} that all share. In
 * the first stage {@code choose} draws by Gumbel-softmax, {@code softmax((logits + noise) / temperature)}, one tree a step,
 * at a temperature that falls exponentially from {@code temperature} to {@code end_temperature}; a row then mixes the
 * versions. Afterwards, and in serving, {@code choose} is 1 at the largest logit and 0 elsewhere: the tree is fixed, and
 * weights alone are learned. Guo, Lee and Ulbricht 2020, <i>Learning to Branch for Multi-Task Learning</i>,
 * arXiv:2006.01895, where a branch is a copy of layers and what it reads is the mixture of all branches below.
 *
 * <p>Knobs: {@code branches} a level (3), {@code levels} (2), {@code sites}, {@code rank} of a difference (8; 0 for a full
 * matrix), {@code stage}, the share of the run in which the tree is learned (0.3), {@code temperature} (5), {@code
 * end_temperature} (0.1). Differences begin as zero, so that a fresh one changes nothing; the backbone itself is learned
 * too, unless the project says otherwise. All branches' differences are computed for each row, those off its path for
 * nothing. The branches are their tasks' own together: no later task joins.
 */
public final class Branch implements Sharing {
    static final Knob[] KNOBS = {
        Knob.whole("branches", 3, 2, 64, "versions of the projections at each level"),
        Knob.whole("levels", 2, 1, 10_000, "into how many levels the layers are cut"),
        Projections.knob("the projections that branches have versions of"),
        Knob.whole("rank", 8, 0, 4096, "of a version's difference to the backbone's weight; 0 for a full matrix"),
        Knob.number("stage", 0.3, 0, 1, "share of the run in which the tree is learned"),
        Knob.number("temperature", 5, 1e-3, 1e3, "of the choice as the run begins"),
        Knob.number("end_temperature", 0.1, 1e-3, 1e3, "of the choice as the stage ends")
    };

    static final String LEAF = "leaf";

    /** Breaks ties as learning begins: of equal logits the first would be chosen. */
    private static final double DEVIATION = 1e-3;
    /** Times this, two logits that differ at all are more than 1 apart. */
    private static final double HUGE = 1e38;

    private final int branches;
    private final int levels;
    private final List<String> sites;
    private final int rank;
    private final Stage tree;
    private final double temperature;
    private final double endTemperature;

    Branch(Knobs knobs) {
        this.branches = knobs.whole("branches");
        this.levels = knobs.whole("levels");
        this.sites = knobs.texts("sites");
        this.rank = knobs.whole("rank");
        this.tree = new Stage(0, knobs.number("stage"));
        this.temperature = knobs.number("temperature");
        this.endTemperature = knobs.number("end_temperature");
    }

    @Override
    public boolean joins() {
        return false;
    }

    @Override
    public Stage learned(String weight) {
        return weight.equals(LEAF) || weight.startsWith("parents.") ? tree : Stage.ALWAYS;
    }

    @Override
    public void check(Backbone backbone, List<String> tasks) {
        if (levels <= backbone.layers()) return;
        throw new InputException("sharing branch: levels is " + levels + ", and the backbone has " + backbone.layers()
                + " layers to cut into levels");
    }

    @Override
    public Weights shared(Start start, SplittableRandom random) {
        Backbone backbone = start.backbone();
        check(backbone, List.of());
        Map<String, Array> shared = new LinkedHashMap<>();
        for (int level = 1; level < levels; level++) {
            // In one axis, which weight decay spares: decay would pull choices towards chance.
            shared.put(parents(level), Initial.normal(DEVIATION, random, (long) branches * branches));
        }
        new Projections(sites).of(backbone).forEach((site, projection) -> {
            long in = projection.in();
            if (rank == 0) {
                shared.put(site + ".difference", Array.zeros(in, branches * projection.out()));
                return;
            }
            shared.put(site + ".down", Initial.uniform(1 / Math.sqrt(in), random, in, (long) branches * rank));
            shared.put(site + ".up", Array.zeros((long) branches * rank, projection.out()));
        });
        return new Weights(shared);
    }

    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        return new Weights(Map.of(LEAF, Initial.normal(DEVIATION, random, branches)));
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        Map<String, Projection> varied = new Projections(sites).of(backbone);
        return new Sites<>() {
            private List<T> paths;

            @Override
            public T at(Ops<T> ops, String site, T input, T output) {
                if (!varied.containsKey(site)) return output;
                if (paths == null) paths = paths(ops, weights);
                T path = paths.get((Layers.number(site) - 1) * levels / backbone.layers());
                return ops.add(output, difference(ops, weights, site, input, path));
            }
        };
    }

    /**
     * @param path {@code [rows, branches]}
     * @return {@code [rows, tokens, out]}
     */
    private <T> T difference(Ops<T> ops, RowWeights<T> weights, String site, T x, T path) {
        T share = ops.reshape(path, 0, 1, -1, 1);
        if (rank == 0) {
            T each = ops.reshape(ops.matmul(x, weights.shared(ops, site + ".difference")), 0, 0, branches, -1);
            return ops.sum(ops.multiply(each, share), 2, false);
        }
        T waist = ops.reshape(ops.matmul(x, weights.shared(ops, site + ".down")), 0, 0, branches, rank);
        T mixed = ops.reshape(ops.multiply(waist, share), 0, 0, (long) branches * rank);
        return ops.matmul(mixed, weights.shared(ops, site + ".up"));
    }

    /** Each row's share of every branch, {@code [rows, branches]} a level, from below. */
    <T> List<T> paths(Ops<T> ops, RowWeights<T> weights) {
        Choice<T> choice = weights.learningIn(tree) ? drawn(ops, weights.learning()) : largest(ops);
        // Of all tasks and then of the rows: rows of one task follow one path in a step.
        T path = ops.gather(choice.of(weights.all(ops, LEAF), weights.tasks()), weights.taskOfRow());
        List<T> paths = new ArrayList<>();
        paths.add(path);
        for (int level = levels - 1; level > 0; level--) {
            T logits = ops.reshape(weights.shared(ops, parents(level)), branches, branches);
            T parents = choice.of(logits, branches);
            path = ops.sum(ops.multiply(ops.reshape(path, 0, -1, 1), parents), 1, false);
            paths.add(0, path);
        }
        return paths;
    }

    /** Shares of the branches, {@code [count, branches]}, from that many rows of logits of them. */
    private interface Choice<T> {
        T of(T logits, int count);
    }

    /** By Gumbel-softmax: Jang, Gu and Poole 2017, arXiv:1611.01144. */
    private <T> Choice<T> drawn(Ops<T> ops, Learning learning) {
        SplittableRandom random = new SplittableRandom(learning.seed());
        double cooled = learning.progress() / tree.to();
        double now = temperature * Math.pow(endTemperature / temperature, cooled);
        return (logits, count) -> {
            float[] noise = new float[count * branches];
            for (int i = 0; i < noise.length; i++) {
                double chance = Math.max(random.nextDouble(), Double.MIN_NORMAL);
                noise[i] = (float) -Math.log(-Math.log(chance));
            }
            T noisy = ops.add(logits, ops.constant(Array.of(noise, count, branches)));
            return ops.softmax(ops.scale(noisy, 1 / now), -1);
        };
    }

    /** 1 for the largest, the first of them where there are several, and 0 for the rest. */
    private <T> Choice<T> largest(Ops<T> ops) {
        float[] earlier = new float[branches * branches];
        for (int i = 0; i < branches; i++) for (int j = i + 1; j < branches; j++) earlier[i * branches + j] = 1;
        return (logits, count) -> {
            T behind = ops.subtract(logits, ops.max(logits, -1, true));
            T best = ops.relu(ops.affine(behind, HUGE, 1));
            T before = ops.matmul(best, ops.constant(Array.of(earlier, branches, branches)));
            return ops.multiply(best, ops.relu(ops.affine(before, -1, 1)));
        };
    }

    /**
     * The branches that a task passes once the tree is fixed, from below, each by its number from 0.
     *
     * @param shared by the names of {@link #shared}
     * @param own the task's, by the names of {@link #own}
     */
    public List<Integer> path(Weights shared, Weights own) {
        List<Integer> path = new ArrayList<>();
        int branch = largest(own.get(LEAF).floats(), 0);
        path.add(branch);
        for (int level = levels - 1; level > 0; level--) {
            branch = largest(shared.get(parents(level)).floats(), branch);
            path.add(0, branch);
        }
        return path;
    }

    /** The choice itself, so that tasks on one leaf have the same weights: a text passes once for them. */
    @Override
    public Weights stored(Backbone backbone, Weights own) {
        float[] chosen = new float[branches];
        chosen[largest(own.get(LEAF).floats(), 0)] = 1;
        return new Weights(Map.of(LEAF, Array.of(chosen, branches)));
    }

    private int largest(float[] logits, int row) {
        int best = 0;
        for (int j = 1; j < branches; j++) {
            if (logits[row * branches + j] > logits[row * branches + best]) best = j;
        }
        return best;
    }

    /** The logits of the parents of each branch of a level (from 0, so the first has none) at the one below. */
    private static String parents(int level) {
        return "parents." + level;
    }
}
