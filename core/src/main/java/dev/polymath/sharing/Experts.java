package dev.polymath.sharing;

import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Projection;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Feed-forward blocks in the place of a backbone's own, at some layers. Each expert is that block with a learned
 * difference of its own at both projections,
 *
 * <pre>
 *   E(x) = out(activation(in(x))),    in(x) = W x + b + (x down) up,    out likewise
 * </pre>
 *
 * with {@code down [in, rank]} drawn uniformly from within {@code 1 / sqrt(in)} of 0 and {@code up [rank, out]} zero; or,
 * with rank 0, {@code in(x) = (W + D) x + b + d} with a {@code D [out, in]} and {@code d [out]} that begin as zero, which
 * learns as a full copy would.
 *
 * <p>So every expert begins as the backbone's block. Blocks drawn at random, or the slices of one, would throw away what
 * the encoder was trained for, and the few thousand rows of a fine-tuning cannot bring it back; copies keep it
 * (Komatsuzaki et al. 2023, <i>Sparse Upcycling</i>, arXiv:2212.05055). What is stored is the difference and not the
 * copy: an expert sees a part of the tokens only, and what they have in common is still learned by {@code W} from all of
 * them; weight decay pulls an expert to the block and not to zero; and at a low rank an expert is some hundredths of the
 * block's size.
 */
final class Experts {
    static final Knob RANK =
            Knob.whole("rank", 16, 0, 4096, "of an expert's difference to the backbone's block; 0 for a full one");

    private final String part;
    private final int rank;
    private final int every;
    private final List<String> names;

    /**
     * @param part what they are of, for messages
     * @param every they are in each so many-th layer, the last of so many
     * @param names theirs, in the order of their shares
     */
    Experts(String part, int rank, int every, List<String> names) {
        this.part = part;
        this.rank = rank;
        this.every = every;
        this.names = List.copyOf(names);
    }

    static Knob every(int standard) {
        return Knob.whole("every", standard, 1, 1000, "experts are in each so many-th layer");
    }

    /** @throws InputException if the backbone has too few layers for any */
    List<Integer> layers(Backbone backbone) {
        List<Integer> layers = new ArrayList<>();
        for (int layer = every - 1; layer < backbone.layers(); layer += every) layers.add(layer);
        if (!layers.isEmpty()) return layers;
        throw new InputException("sharing " + part + ": every is " + every + ", but the backbone has "
                + backbone.layers() + " layers; it must be at most as many");
    }

    Weights initial(Backbone backbone, SplittableRandom random) {
        Map<String, Array> all = new LinkedHashMap<>();
        for (int layer : layers(backbone)) {
            for (String expert : names) {
                difference(all, backbone, layer, expert, ".in", random);
                difference(all, backbone, layer, expert, ".out", random);
            }
        }
        return new Weights(all);
    }

    private void difference(
            Map<String, Array> all, Backbone backbone, int layer, String expert, String end, SplittableRandom random) {
        Projection projection = projection(backbone, layer, end);
        String name = name(layer, expert) + end;
        if (rank > 0) {
            double most = 1 / Math.sqrt(projection.in());
            all.put(name + ".down", Initial.uniform(most, random, projection.in(), rank));
            all.put(name + ".up", Array.zeros(rank, projection.out()));
            return;
        }
        all.put(name, Array.zeros(projection.out(), projection.in()));
        if (biased(backbone, projection)) all.put(name + ".bias", Array.zeros(projection.out()));
    }

    /** One expert's weights out of all, under the names that another has. */
    Weights renamed(Backbone backbone, Weights all, int layer, String expert, String other) {
        Map<String, Array> renamed = new LinkedHashMap<>();
        Experts alone = new Experts(part, rank, every, List.of(expert));
        String from = name(layer, expert);
        // All names that an expert has, in all layers: a prefix would take "a.b" for a weight of "a".
        for (String name : alone.initial(backbone, new SplittableRandom(0)).names()) {
            if (!name.startsWith(from + ".")) continue;
            renamed.put(name(layer, other) + name.substring(from.length()), all.get(name));
        }
        return new Weights(renamed);
    }

    /**
     * The blocks' outputs, each token's mixed by its shares. An expert computes the tokens that have a share of it and no
     * others.
     *
     * @param x what the block reads, {@code [rows, tokens, width]}
     * @param shares each token's of each expert, {@code [rows, tokens, experts]}; 0 where it has none
     * @return {@code [rows, tokens, width]}; zero for a token without any share
     */
    <T> T at(Ops<T> ops, Backbone backbone, RowWeights<T> weights, int layer, T x, T shares) {
        T mixed = ops.scale(x, 0);
        for (int i = 0; i < names.size(); i++) {
            T share = ops.slice(shares, -1, i, i + 1);
            T mask = ops.sum(share, -1, false);
            T inner = projected(ops, backbone, weights, layer, names.get(i), ".in", ops.select(x, mask));
            T output = projected(ops, backbone, weights, layer, names.get(i), ".out", backbone.activated(ops, inner));
            mixed = ops.addSelected(mixed, mask, ops.multiply(output, ops.select(share, mask)));
        }
        return mixed;
    }

    private <T> T projected(
            Ops<T> ops, Backbone backbone, RowWeights<T> weights, int layer, String expert, String end, T x) {
        Projection projection = projection(backbone, layer, end);
        String name = name(layer, expert) + end;
        T weight = ops.weight(projection.weight());
        T bias = biased(backbone, projection) ? ops.weight(projection.bias()) : null;
        if (rank > 0) {
            T waist = ops.matmul(x, weights.shared(ops, name + ".down"));
            return ops.add(ops.linear(x, weight, bias), ops.matmul(waist, weights.shared(ops, name + ".up")));
        }
        T own = ops.add(weight, weights.shared(ops, name));
        return ops.linear(x, own, bias == null ? null : ops.add(bias, weights.shared(ops, name + ".bias")));
    }

    private static Projection projection(Backbone backbone, int layer, String end) {
        return backbone.projections().get("layer." + layer + ".ffn" + end);
    }

    private static boolean biased(Backbone backbone, Projection projection) {
        return backbone.shapes().containsKey(projection.bias());
    }

    private static String name(int layer, String expert) {
        return "layer." + layer + "." + expert;
    }
}
