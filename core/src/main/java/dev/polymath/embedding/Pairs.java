package dev.polymath.embedding;

import dev.polymath.ops.Ops;

/** Sums over pairs, where a matrix says which count. */
final class Pairs {
    /** Added to a similarity that does not count: {@code exp} of it is 0 in F32. */
    private static final double NEVER = 1e4;
    /** Stands in for a count of nothing; the sum above it is then exactly 0. */
    private static final double TINY = 1e-6;

    private Pairs() {}

    /** Similarities, very low where {@code counts} is 0; {@code counts} has 1 elsewhere. */
    static <T> T only(Ops<T> ops, T similarities, T counts) {
        return ops.add(similarities, ops.affine(counts, NEVER, -NEVER));
    }

    /** 1 where an element of {@code x}, 0 or more, is above 0, and 0 elsewhere; no gradient. */
    static <T> T some(Ops<T> ops, T x) {
        T still = ops.detached(x);
        return ops.divide(still, ops.atLeast(still, TINY));
    }

    /** The mean of the elements where {@code weights} is 1; 0 where there is none. */
    static <T> T mean(Ops<T> ops, T x, T weights) {
        return ops.divide(ops.total(ops.multiply(x, weights)), ops.atLeast(ops.total(weights), TINY));
    }

    /** {@code log sum_j exp(x[i, j])} as {@code [vectors, 1]}. */
    static <T> T logSumExp(Ops<T> ops, T x) {
        T most = ops.detached(ops.max(x, -1, true));
        return ops.add(most, ops.log(ops.sum(ops.exp(ops.subtract(x, most)), -1, true)));
    }
}
