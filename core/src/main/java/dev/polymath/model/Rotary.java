package dev.polymath.model;

import dev.polymath.ops.Ops;
import dev.polymath.weights.Array;
import java.util.List;

/**
 * Rotary position embeddings: in each head, the pair of components {@code (x[i], x[i + size/2])} of a token at position
 * {@code p} turns by the angle {@code p theta^(-2i/size)}, so that products of queries and keys depend on how far apart
 * they are. Su et al. 2021, <i>RoFormer: Enhanced Transformer with Rotary Position Embedding</i>, arXiv:2104.09864.
 */
final class Rotary {
    private final int heads;
    private final int size;
    private final Array cosines;
    private final Array sines;

    /**
     * @param heads number of heads
     * @param size width of a head, even
     * @param reach the largest number of tokens
     * @param theta base of the angles
     */
    Rotary(int heads, int size, int reach, double theta) {
        this.heads = heads;
        this.size = size;
        int half = size / 2;
        float[] cosine = new float[reach * half];
        float[] sine = new float[reach * half];
        for (int i = 0; i < half; i++) {
            double speed = Math.pow(theta, -2.0 * i / size);
            for (int position = 0; position < reach; position++) {
                cosine[position * half + i] = (float) Math.cos(position * speed);
                sine[position * half + i] = (float) Math.sin(position * speed);
            }
        }
        this.cosines = Array.of(cosine, reach, half);
        this.sines = Array.of(sine, reach, half);
    }

    /** The turns for a pass, made once for all its layers. */
    <T> Turn<T> at(Ops<T> ops, T positions) {
        int half = size / 2;
        return new Turn<>(
                ops.reshape(ops.gather(ops.constant(cosines), positions), 0, 1, half),
                ops.reshape(ops.gather(ops.constant(sines), positions), 0, 1, half));
    }

    /** {@code x [rows, tokens, heads * size]}, turned. */
    <T> T turned(Ops<T> ops, T x, Turn<T> turn) {
        int half = size / 2;
        T split = ops.reshape(x, 0, 0, heads, size);
        T first = ops.slice(split, 3, 0, half);
        T second = ops.slice(split, 3, half, size);
        T a = ops.subtract(ops.multiply(first, turn.cosine), ops.multiply(second, turn.sine));
        T b = ops.add(ops.multiply(second, turn.cosine), ops.multiply(first, turn.sine));
        return ops.reshape(ops.concat(3, List.of(a, b)), 0, 0, (long) heads * size);
    }

    /** Cosines and sines of the angles, {@code [tokens, 1, size/2]}. */
    record Turn<T>(T cosine, T sine) {}
}
