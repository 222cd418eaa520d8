package dev.polymath.embedding;

import dev.polymath.ops.Ops;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.HashMap;
import java.util.Map;

/**
 * Linear maps behind pooling from which {@link Matryoshka} begins, so that short and shallow vectors are good before anything
 * is learned. With pooled states {@code p_n [rows, width]} behind {@code n} layers of {@code N},
 *
 * <pre>
 *   v_N = p_N R,    v_n = p_n A_n + b_n
 * </pre>
 *
 * {@code R} turns vectors to their principal directions, those of the largest mean square first: whole vectors have the
 * cosines that they had, and the first numbers carry the most. {@code A_n} and {@code b_n} predict {@code v_N} at length 1 from
 * {@code p_n}, by least squares. All are fitted on a task's training texts before the first step; {@code R} then stays, and
 * the others are learned on.
 *
 * <p>They lie in {@code heads.NAME.rotation [width, width]}, {@code heads.NAME.depth.N.weight [width, width]} and {@code
 * heads.NAME.depth.N.bias [width]}.
 *
 * <p>Source: principal components; for layers, A. Din et al., Jump to Conclusions: Short-Cutting Transformers with Linear
 * Transformations, 2023, arXiv:2303.09435.
 *
 * @param task whose they are
 * @param rotates whether there is {@code R}, which is of use where vectors are cut
 */
public record NestedMaps(String task, boolean rotates) {
    /**
     * The weights of the last layer's map.
     *
     * @param matrix {@code R [width, width]}, row-major
     */
    public Weights rotation(float[] matrix) {
        return new Weights(Map.of(rotation(), square(matrix)));
    }

    /**
     * The weights of a shallow map.
     *
     * @param depth how many layers lie below, {@code n}
     * @param matrix {@code A_n [width, width]}, row-major
     * @param bias {@code b_n [width]}
     */
    public Weights depth(int depth, float[] matrix, float[] bias) {
        Map<String, Array> weights = new HashMap<>();
        weights.put(matrix(depth), square(matrix));
        weights.put(bias(depth), Array.of(bias, bias.length));
        return new Weights(weights);
    }

    private static Array square(float[] matrix) {
        int width = (int) Math.round(Math.sqrt(matrix.length));
        return Array.of(matrix, width, width);
    }

    /** Whether a weight of the task's head is learned by descent, of those that lie here. */
    public boolean learns(String weight) {
        return !weight.equals(rotation());
    }

    /**
     * Vectors, not yet of length 1, {@code [rows, width]}.
     *
     * @param pooled {@code [rows, width]}
     * @param depth how many layers lie below, 0 for all
     */
    public <T> T apply(Ops<T> ops, T pooled, int depth) {
        if (depth > 0) return ops.add(ops.matmul(pooled, ops.weight(matrix(depth))), ops.weight(bias(depth)));
        return rotates ? ops.matmul(pooled, ops.weight(rotation())) : pooled;
    }

    private String rotation() {
        return "heads." + task + ".rotation";
    }

    private String matrix(int depth) {
        return "heads." + task + ".depth." + depth + ".weight";
    }

    private String bias(int depth) {
        return "heads." + task + ".depth." + depth + ".bias";
    }
}
