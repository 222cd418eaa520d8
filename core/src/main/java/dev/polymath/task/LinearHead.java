package dev.polymath.task;

import dev.polymath.ops.Ops;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A task's own linear layer, {@code x W^T + b}: {@code W [outputs, width]} under {@code heads.NAME.weight}, {@code b
 * [outputs]} under {@code heads.NAME.bias}.
 */
final class LinearHead {
    /** Standard deviation of fresh weights, as BERT has it (arXiv:1810.04805). */
    private static final double DEVIATION = 0.02;

    private LinearHead() {}

    /** {@code x [..., width]} as {@code [..., outputs]}. */
    static <T> T apply(Ops<T> ops, String task, T x) {
        return ops.linear(x, ops.weight(weight(task)), ops.weight(bias(task)));
    }

    /** Fresh weights, normal with mean 0 and deviation 0.02, and the bias given. */
    static Weights initial(String task, int outputs, int width, float[] bias, SplittableRandom random) {
        float[] weight = new float[outputs * width];
        for (int i = 0; i < weight.length; i++) weight[i] = (float) (DEVIATION * random.nextGaussian());
        Map<String, Array> arrays = new LinkedHashMap<>();
        arrays.put(weight(task), Array.of(weight, outputs, width));
        arrays.put(bias(task), Array.of(bias, bias.length));
        return new Weights(arrays);
    }

    static String weight(String task) {
        return "heads." + task + ".weight";
    }

    static String bias(String task) {
        return "heads." + task + ".bias";
    }
}
