package dev.polymath.interaction;

import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Fresh weights of a task's head, one after the other. */
final class HeadWeights {
    private final Map<String, Array> arrays = new LinkedHashMap<>();
    private final String task;
    private final SplittableRandom random;

    HeadWeights(String task, SplittableRandom random) {
        this.task = task;
        this.random = random;
    }

    static String name(String task, String weight) {
        return "heads." + task + "." + weight;
    }

    /** {@code [out, in]}, normal with mean 0 and deviation 1 / sqrt(in): what goes through keeps its size. */
    HeadWeights normal(String weight, int out, int in) {
        float[] values = new float[out * in];
        double deviation = 1 / Math.sqrt(in);
        for (int i = 0; i < values.length; i++) values[i] = (float) (deviation * random.nextGaussian());
        arrays.put(name(task, weight), Array.of(values, out, in));
        return this;
    }

    /** The same number everywhere. */
    HeadWeights constant(String weight, double value, int... shape) {
        float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        Arrays.fill(values, (float) value);
        arrays.put(
                name(task, weight),
                Array.of(values, Arrays.stream(shape).asLongStream().toArray()));
        return this;
    }

    Weights all() {
        return new Weights(arrays);
    }
}
