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
 * Features of all tasks' own layers, fused at every level. For {@code y [rows, tokens, width]}, what a layer of the backbone
 * gives, each task {@code s} has a bottleneck {@code b_s} of its own there; task {@code t} goes on with
 *
 * <pre>
 *   linear:  sum_s W_ts f_s,    f_s = y + b_s(y),    W_t = [diag(share_t1), diag(share_t2), ...] + down_t up_t
 *   gated:   y + b_t(y) + sum_s g_ts(y) b_s(y),    g_t(y) = softmax(y gate_t) at each token
 * </pre>
 *
 * {@code linear} is the 1x1 convolution over the concatenated features of Gao et al. 2019, <i>NDDR-CNN: Layerwise Feature
 * Fusing in Multi-Task CNNs by Neural Discriminative Dimensionality Reduction</i>, arXiv:1801.08297: the shares {@code
 * [width]} begin as {@code own_share} for the own task and the rest evenly for the others. Beside its diagonals the matrix
 * {@code [tasks * width, width]} is of low rank: whole, it would be width^2 tasks^2 numbers a level. {@code gated} is the
 * residual form of Li et al. 2023, <i>AdaTT: Adaptive Task-to-Task Fusion Network for Multitask Learning in
 * Recommendations</i>, arXiv:2304.04959. There the own layers are whole networks; a whole layer a task would cost as much
 * as a model a task, hence bottlenecks. A fresh one changes nothing.
 *
 * <p>Knobs: {@code form} (linear), {@code size} of a bottleneck's waist (16), {@code rank} (8; 0 for shares alone) and
 * {@code own_share} (0.9) of the linear form. Each row computes all tasks' features, so that memory and time of the fusion
 * grow with the number of tasks; and each task's weights count the tasks, so that no later one joins.
 */
public final class Fusion implements Sharing {
    static final Knob[] KNOBS = {
        Knob.choice("form", "linear", List.of("linear", "gated"), "how features are fused"),
        Knob.whole("size", 16, 1, 4096, "width of the waist of each task's own layer"),
        Knob.whole("rank", 8, 0, 4096, "of the linear form's matrix beside its diagonals"),
        Knob.number("own_share", 0.9, 0, 1, "the own features' share as learning begins, in the linear form")
    };

    private final boolean gated;
    private final int size;
    private final int rank;
    private final double ownShare;

    Fusion(Knobs knobs) {
        this.gated = knobs.choice("form").equals("gated");
        this.size = knobs.whole("size");
        this.rank = knobs.whole("rank");
        this.ownShare = knobs.number("own_share");
    }

    @Override
    public boolean joins() {
        return false;
    }

    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        Backbone backbone = start.backbone();
        int width = backbone.width();
        int count = start.tasks().size();
        Map<String, Array> own = new LinkedHashMap<>();
        for (int layer = 0; layer < backbone.layers(); layer++) {
            String site = "layer." + layer;
            bottleneck(backbone, site).putFresh(own, random);
            if (gated) {
                own.put(site + ".gate", Array.zeros(width, count));
                continue;
            }
            own.put(site + ".share", shares(start.tasks().indexOf(task), count, width));
            if (rank == 0) continue;
            double most = 1 / Math.sqrt((double) count * width);
            own.put(site + ".mix.down", Initial.uniform(most, random, (long) count * width, rank));
            own.put(site + ".mix.up", Array.zeros(rank, width));
        }
        return new Weights(own);
    }

    /** In one axis, which weight decay spares: decay would pull the own share to zero. */
    private Array shares(int position, int count, int width) {
        float[] shares = new float[count * width];
        for (int i = 0; i < shares.length; i++) {
            double share = i / width == position ? ownShare : (1 - ownShare) / (count - 1);
            shares[i] = count == 1 ? 1 : (float) share;
        }
        return Array.of(shares, shares.length);
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        return new Sites<>() {
            @Override
            public T at(Ops<T> ops, String site, T input, T output) {
                if (Layers.numberAtEnd(site) == 0) return output;
                T added = bottleneck(backbone, site).all(ops, weights, output);
                return gated
                        ? gated(ops, backbone, weights, site, output, added)
                        : linear(ops, backbone, weights, site, output, added);
            }
        };
    }

    private Bottleneck bottleneck(Backbone backbone, String site) {
        return new Bottleneck(site, backbone.width(), size);
    }

    /** @param added what each task's bottleneck gives, {@code [rows, tasks, tokens, width]} */
    private <T> T linear(Ops<T> ops, Backbone backbone, RowWeights<T> weights, String site, T y, T added) {
        int width = backbone.width();
        T features = ops.add(added, ops.reshape(y, 0, 1, -1, width));
        T shares = ops.reshape(weights.own(ops, site + ".share"), 0, -1, 1, width);
        T fused = ops.sum(ops.multiply(features, shares), 1, false);
        if (rank == 0) return fused;
        T side = ops.reshape(ops.transpose(features, 0, 2, 1, 3), 0, 0, -1);
        T waist = ops.matmul(side, weights.own(ops, site + ".mix.down"));
        return ops.add(fused, ops.matmul(waist, weights.own(ops, site + ".mix.up")));
    }

    private <T> T gated(Ops<T> ops, Backbone backbone, RowWeights<T> weights, String site, T y, T added) {
        T gates = ops.softmax(ops.matmul(y, weights.own(ops, site + ".gate")), -1);
        T byTask = ops.reshape(ops.transpose(gates, 0, 2, 1), 0, 0, -1, 1);
        T fused = ops.sum(ops.multiply(added, byTask), 1, false);
        return ops.add(ops.add(y, bottleneck(backbone, site).own(ops, weights, y)), fused);
    }
}
