package dev.polymath.pooling;

import dev.polymath.model.Hidden;
import dev.polymath.ops.Ops;

/** What ways of pooling have in common: leaving padding out, and means. */
final class Tokens {
    /** Added to what padding has: {@code exp} of it is 0, and no state is as low. */
    private static final double NEVER = -1e4;

    private Tokens() {}

    /** 1 for a token and 0 for padding, {@code [rows, tokens, 1]}. */
    static <T> T mask(Ops<T> ops, Hidden<T> hidden) {
        return ops.reshape(ops.toFloat(hidden.mask()), 0, 0, 1);
    }

    /** 0 for a token and a very negative number for padding, from {@link #mask}. */
    static <T> T never(Ops<T> ops, T mask) {
        return ops.affine(mask, -NEVER, NEVER);
    }

    /** The mean in which each token counts as often as {@code counts [rows, tokens, 1]} says; zeros where none does. */
    static <T> T mean(Ops<T> ops, T states, T counts) {
        T sum = ops.sum(ops.multiply(states, counts), 1, false);
        return ops.divide(sum, ops.atLeast(ops.sum(counts, 1, false), 1));
    }
}
