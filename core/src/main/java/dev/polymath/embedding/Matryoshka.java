package dev.polymath.embedding;

import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.ops.Ops;
import dev.polymath.pooling.Pooling;
import dev.polymath.pooling.Whitening;
import dev.polymath.project.Catalogue;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.project.Part;
import java.util.List;
import java.util.TreeSet;

/**
 * Vectors within vectors: the first numbers of a vector are learned as a vector too, and so are vectors of the states behind
 * lower layers, so that one model gives short vectors and ones that cost few layers. With vectors {@code v_n [vectors,
 * width]} behind {@code n} layers of {@code N},
 *
 * <pre>
 *   L = mean over n, d of loss(first d numbers of v_n, at length 1)
 *       + alignment mean over n < N of KL(softmax(sqrt(width) v_N) || softmax(sqrt(width) v_n))
 * </pre>
 *
 * for the listed {@code layers} and {@code N}, and the listed {@code widths} and the whole. The second term draws shallow
 * vectors to the last layer's, which it does not move; the factor makes the numbers' mean square 1, as softmax expects them.
 * The paper draws one {@code n} and one {@code d} a step and adds up the losses of the four vectors they make with {@code N}
 * and the whole. Here all of them are taken each step: their states are there in any case, a loss of vectors costs little
 * beside a pass, and what is learned does not hang on draws.
 *
 * <p>Knobs: {@code widths}, not above that of the vector; {@code layers}, counted from below; one of the two must be
 * there. {@code alignment}, the weight of the second term (1, as in the paper). {@code fitted}, whether {@link NestedMaps} lie
 * behind pooling, which neither paper has.
 *
 * <p>Source: A. Kusupati et al., Matryoshka Representation Learning, 2022, arXiv:2205.13147; X. Li et al., 2D Matryoshka
 * Sentence Embeddings, 2024, arXiv:2402.14776.
 */
public final class Matryoshka {
    /** The key of a task. */
    public static final String KEY = "matryoshka";

    public static final Catalogue<Matryoshka> CATALOGUE = new Catalogue<>(
            KEY,
            Part.of(
                    KEY,
                    "the first numbers of a vector are a vector too, and so is that of fewer layers",
                    "Kusupati et al. 2022, arXiv:2205.13147; Li et al. 2024, 2DMSE, arXiv:2402.14776",
                    Matryoshka::new,
                    Knob.wholes("widths", 1, 65536, "how many of a vector's first numbers are learned as a vector"),
                    Knob.wholes("layers", 1, 10_000, "behind how many layers the states are that give a vector too"),
                    Knob.number("alignment", 1, 0, 1e6, "how much shallow vectors are drawn to the last layer's"),
                    Knob.flag(
                            "fitted",
                            true,
                            "begin from principal directions, and from linear maps to the last layer")));

    private static final double SHORTEST = 1e-12;

    private final List<Integer> widths;
    private final List<Integer> layers;
    private final double alignment;
    private final boolean fitted;

    private Matryoshka(Knobs knobs) {
        this.widths = knobs.wholes("widths");
        this.layers = knobs.wholes("layers");
        this.alignment = knobs.number("alignment");
        this.fitted = knobs.flag("fitted");
        if (widths.isEmpty() && layers.isEmpty()) {
            throw new InputException("matryoshka has neither widths nor layers; give one of them, or leave it out");
        }
    }

    /** The widths, as they were given. */
    public List<Integer> widths() {
        return widths;
    }

    /** The layers, as they were given. */
    public List<Integer> layers() {
        return layers;
    }

    /** Behind how many layers there are vectors, from below: those that were given, and all. */
    public List<Integer> depths(int all) {
        TreeSet<Integer> depths = new TreeSet<>(layers);
        depths.add(all);
        return List.copyOf(depths);
    }

    /** The maps behind pooling; null for none. */
    public NestedMaps maps(String task, Pooling pooling) {
        // Whitened vectors lie along their principal directions already, and are stretched so that none comes first.
        boolean rotates = !widths.isEmpty() && !(pooling instanceof Whitening);
        return fitted && (rotates || !layers.isEmpty()) ? new NestedMaps(task, rotates) : null;
    }

    /** @throws InputException if there are no such widths or layers, or vectors of lower layers cannot be pooled so */
    public void check(Backbone backbone, Pooling pooling) {
        int width = pooling.width(backbone.width());
        for (int each : widths) require("widths", each, width, "vectors have numbers");
        for (int each : layers) require("layers", each, backbone.layers(), "the backbone has layers");
        for (int depth : depths(backbone.layers())) {
            int read = pooling.reading(depth).depth();
            if (read > depth) {
                throw new InputException("matryoshka: layers has " + depth + ", and pooling "
                        + pooling.part().type() + " reads layer " + read);
            }
        }
        boolean shallow = depths(backbone.layers()).size() > 1;
        if (shallow && pooling instanceof Whitening) {
            throw new InputException(
                    "matryoshka: layers do not go with pooling whitening, which is fitted on the last layer's states");
        }
    }

    private static void require(String knob, int value, int most, String what) {
        if (value <= most) return;
        throw new InputException("matryoshka: " + knob + " has " + value + ", and " + what + " 1 to " + most);
    }

    /**
     * A scalar.
     *
     * @param vectors of each depth from below, {@code [vectors, width]} each, of length 1
     * @param values and {@code weights} as {@link EmbeddingLoss} has them
     */
    public <T> T loss(EmbeddingLoss loss, Ops<T> ops, List<T> vectors, T values, T weights) {
        T sum = null;
        for (T each : vectors) {
            T own = nested(loss, ops, each, values, weights);
            sum = sum == null ? own : ops.add(sum, own);
        }
        T mean = ops.scale(sum, 1.0 / vectors.size());
        int shallow = vectors.size() - 1;
        if (shallow == 0 || alignment == 0) return mean;
        T last = ops.detached(vectors.get(shallow));
        for (T each : vectors.subList(0, shallow)) {
            mean = ops.add(mean, ops.scale(divergence(ops, last, each), alignment / shallow));
        }
        return mean;
    }

    /** Of whole vectors and of their first numbers, the mean. */
    private <T> T nested(EmbeddingLoss loss, Ops<T> ops, T vectors, T values, T weights) {
        T sum = loss.loss(ops, cosines(ops, vectors), values, weights);
        for (int width : widths) {
            T first = atLengthOne(ops, ops.slice(vectors, -1, 0, width));
            sum = ops.add(sum, loss.loss(ops, cosines(ops, first), values, weights));
        }
        return ops.scale(sum, 1.0 / (1 + widths.size()));
    }

    /** The mean over rows of {@code KL(softmax(to) || softmax(from))}, of rows at a mean square of 1. */
    private static <T> T divergence(Ops<T> ops, T to, T from) {
        T target = ops.logSoftmax(standard(ops, to), -1);
        T given = ops.logSoftmax(standard(ops, from), -1);
        T rows = ops.sum(ops.multiply(ops.exp(target), ops.subtract(target, given)), -1, false);
        return ops.mean(rows, 0, false);
    }

    private static <T> T standard(Ops<T> ops, T rows) {
        T square = ops.mean(ops.multiply(rows, rows), -1, true);
        return ops.divide(rows, ops.atLeast(ops.sqrt(ops.detached(square)), SHORTEST));
    }

    /** {@code [vectors, vectors]}, of vectors of length 1. */
    public static <T> T cosines(Ops<T> ops, T vectors) {
        return ops.matmul(vectors, ops.transpose(vectors, 1, 0));
    }

    /** Rows of length 1; a row of zeros stays. */
    public static <T> T atLengthOne(Ops<T> ops, T rows) {
        T length = ops.sqrt(ops.sum(ops.multiply(rows, rows), -1, true));
        return ops.divide(rows, ops.atLeast(length, SHORTEST));
    }
}
