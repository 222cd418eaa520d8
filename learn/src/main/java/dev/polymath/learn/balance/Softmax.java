package dev.polymath.learn.balance;

import java.util.Arrays;

/** The softmax, scaled so that equal logits give 1. */
final class Softmax {
    private Softmax() {}

    /** {@code n softmax(logits)}. */
    static double[] withMeanOne(double[] logits) {
        double most = Arrays.stream(logits).max().orElse(0);
        double[] values =
                Arrays.stream(logits).map(each -> Math.exp(each - most)).toArray();
        double mean = Arrays.stream(values).average().orElse(1);
        return Arrays.stream(values).map(each -> each / mean).toArray();
    }
}
