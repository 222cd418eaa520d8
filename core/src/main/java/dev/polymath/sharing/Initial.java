package dev.polymath.sharing;

import dev.polymath.weights.Array;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Fresh weights. */
final class Initial {
    private Initial() {}

    /** Uniform from {@code -most} to {@code most}. */
    static Array uniform(double most, SplittableRandom random, long... shape) {
        float[] values = new float[size(shape)];
        for (int i = 0; i < values.length; i++) values[i] = (float) (most * (2 * random.nextDouble() - 1));
        return Array.of(values, shape);
    }

    /** Normal with mean 0. */
    static Array normal(double deviation, SplittableRandom random, long... shape) {
        float[] values = new float[size(shape)];
        for (int i = 0; i < values.length; i++) values[i] = (float) (deviation * random.nextGaussian());
        return Array.of(values, shape);
    }

    static Array ones(long... shape) {
        float[] values = new float[size(shape)];
        Arrays.fill(values, 1);
        return Array.of(values, shape);
    }

    private static int size(long... shape) {
        long size = 1;
        for (long axis : shape) size = Math.multiplyExact(size, axis);
        return Math.toIntExact(size);
    }
}
