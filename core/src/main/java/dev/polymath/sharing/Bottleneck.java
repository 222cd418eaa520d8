package dev.polymath.sharing;

import dev.polymath.ops.Ops;
import dev.polymath.weights.Array;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A narrow two-layer network of each task's own, whose output is added to what it reads:
 *
 * <pre>
 *   b(x) = gelu(x down + down_bias) up + up_bias
 * </pre>
 *
 * with {@code down [width, size]}, drawn uniformly from within {@code 1 / sqrt(width)} of 0, {@code up [size, width]} and
 * the biases, which begin as zero. Houlsby et al. 2019, <i>Parameter-Efficient Transfer Learning for NLP</i>,
 * arXiv:1902.00751.
 *
 * @param name what its weights are called; {@code .down}, {@code .down_bias}, {@code .up}, {@code .up_bias} follow
 * @param width of what it reads and gives
 * @param size of its waist
 */
record Bottleneck(String name, int width, int size) {
    /** Puts a task's fresh weights to others. */
    void putFresh(Map<String, Array> own, SplittableRandom random) {
        own.put(name + ".down", Initial.uniform(1 / Math.sqrt(width), random, width, size));
        own.put(name + ".down_bias", Array.zeros(size));
        own.put(name + ".up", Array.zeros(size, width));
        own.put(name + ".up_bias", Array.zeros(width));
    }

    /** What each row's own adds to {@code x [rows, tokens, width]}: of its shape. */
    <T> T own(Ops<T> ops, RowWeights<T> weights, T x) {
        T down = ops.matmul(x, weights.own(ops, name + ".down"));
        T waist = ops.gelu(ops.add(down, ops.reshape(weights.own(ops, name + ".down_bias"), 0, 1, -1)));
        T up = ops.matmul(waist, weights.own(ops, name + ".up"));
        return ops.add(up, ops.reshape(weights.own(ops, name + ".up_bias"), 0, 1, -1));
    }

    /** What every task's would add to {@code x [rows, tokens, width]}: {@code [rows, tasks, tokens, width]}. */
    <T> T all(Ops<T> ops, RowWeights<T> weights, T x) {
        T every = ops.reshape(x, 0, 1, -1, width);
        T down = ops.matmul(every, weights.all(ops, name + ".down"));
        T waist = ops.gelu(ops.add(down, ops.reshape(weights.all(ops, name + ".down_bias"), 0, 1, -1)));
        T up = ops.matmul(waist, weights.all(ops, name + ".up"));
        return ops.add(up, ops.reshape(weights.all(ops, name + ".up_bias"), 0, 1, -1));
    }
}
