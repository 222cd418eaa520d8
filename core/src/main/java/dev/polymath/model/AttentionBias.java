package dev.polymath.model;

import dev.polymath.ops.Ops;
import dev.polymath.weights.Array;

/** What is added to attention scores before the softmax. */
final class AttentionBias {
    /**
     * The bias of a score that must not count. A power of two, so that {@code mask * 2^30 - 2^30} is exactly 0 for a
     * token in bfloat16 too (1e9 would round there, and leave a bias of millions); finite, so that a row of padding
     * alone gives no NaN.
     */
    static final double NEVER = -0x1p30;

    private AttentionBias() {}

    /** 0 for a token and {@link #NEVER} for padding, {@code [rows, 1, 1, tokens]}, from {@code mask [rows, tokens]}. */
    static <T> T padding(Ops<T> ops, T mask) {
        return ops.reshape(ops.affine(ops.toFloat(mask), -NEVER, NEVER), 0, 1, 1, -1);
    }

    /**
     * {@code differences[i][j] = j - i + reach - 1}, integers {@code [tokens, tokens]}: indices into a table that has
     * an entry for each difference of positions from {@code 1 - reach} to {@code reach - 1}.
     *
     * @param states an array {@code [rows, tokens, ...]}
     * @param reach the largest number of tokens
     */
    static <T> T differences(Ops<T> ops, T states, int reach) {
        T positions = ops.positions(states);
        T shifted = ops.add(positions, ops.constant(Array.of(new long[] {reach - 1})));
        return ops.subtract(ops.reshape(shifted, 1, -1), ops.reshape(positions, -1, 1));
    }
}
