package dev.polymath.embedding;

import dev.polymath.ops.Ops;
import dev.polymath.project.Catalogue;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.project.Part;
import java.util.List;

/**
 * Vectors whose first numbers are good vectors by themselves: a loss on whole vectors, and on their first {@code w} numbers at
 * length 1 again, for each width {@code w}; the mean of all.
 *
 * <p>Knobs: {@code widths}, which are narrower than the whole vector or as wide.
 *
 * <p>Source: A. Kusupati et al., Matryoshka Representation Learning, 2022, arXiv:2205.13147.
 */
public final class Matryoshka {
    public static final Catalogue<Matryoshka> CATALOGUE = new Catalogue<>(
            "matryoshka",
            Part.of(
                    "matryoshka",
                    "the first numbers of a vector are a vector too",
                    "Kusupati et al. 2022, arXiv:2205.13147",
                    Matryoshka::new,
                    Knob.wholes("widths", 1, 65536, "how many of a vector's first numbers are learned as a vector")));

    private static final double SHORTEST = 1e-12;

    private final List<Integer> widths;

    private Matryoshka(Knobs knobs) {
        this.widths = knobs.wholes("widths");
    }

    /** The widths, as they were given. */
    public List<Integer> widths() {
        return widths;
    }

    /**
     * A scalar.
     *
     * @param vectors {@code [vectors, width]}, of length 1
     * @param values and {@code weights} as {@link EmbeddingLoss} has them
     */
    public <T> T loss(EmbeddingLoss loss, Ops<T> ops, T vectors, T values, T weights) {
        T sum = loss.loss(ops, cosines(ops, vectors), values, weights);
        for (int width : widths) {
            T first = atLengthOne(ops, ops.slice(vectors, -1, 0, width));
            sum = ops.add(sum, loss.loss(ops, cosines(ops, first), values, weights));
        }
        return ops.scale(sum, 1.0 / (1 + widths.size()));
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
