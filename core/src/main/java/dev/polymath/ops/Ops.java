package dev.polymath.ops;

import dev.polymath.weights.Array;
import java.util.List;

/**
 * The operations that every model part is written against, once. An interpreter gives them a meaning: {@code TorchOps}
 * (module learn) computes them with gradients, {@code OnnxOps} writes them down as nodes of an ONNX graph. Parts are
 * stateless; what they know comes from {@link #weight}.
 *
 * <p>A value {@code T} is an array of floats, or of 64-bit integers where a method says so. Axes count from 0; negative
 * axes count from the end. Binary operations broadcast as NumPy does. Both interpreters agree to 1e-4 on every
 * operation, a property that {@code OpsAgreementTest} holds.
 *
 * @param <T> the interpreter's value: a tensor, or the name of a graph's edge
 */
public interface Ops<T> {

    // ---- sources

    /**
     * A named weight of the model.
     *
     * @throws IllegalArgumentException if the model has no such weight
     */
    T weight(String name);

    /** A constant array (F32 or I64), baked into the computation. */
    T constant(Array value);

    /** {@code [0, 1, ..., tokens - 1]} as integers, for {@code ids [rows, tokens]} (any array of rank 2 or more). */
    T positions(T ids);

    // ---- linear algebra

    /** {@code x W^T + b}: {@code x [..., in]}, {@code weight [out, in]}, {@code bias [out]} or null. */
    T linear(T x, T weight, T bias);

    /** Matrix product over the last two axes, batch axes broadcast. */
    T matmul(T a, T b);

    // ---- shape

    /** New shape; 0 keeps the axis at that position, -1 (at most once) takes what is left. */
    T reshape(T x, long... shape);

    /** Axes in the order given. */
    T transpose(T x, int... axes);

    T concat(int axis, List<T> parts);

    /** Elements {@code from} (included) to {@code to} (excluded) along an axis; {@code Long.MAX_VALUE} means the end. */
    T slice(T x, int axis, long from, long to);

    /** Rows of {@code table [n, ...]} at integer {@code indices [...]}: {@code [indices..., ...]}. */
    T gather(T table, T indices);

    /** For each row of {@code x [..., n]}, its element at integer {@code index [...]}: {@code [...]}. */
    T pick(T x, T index);

    // ---- selection, for what only some places of an array need

    /**
     * 1 where an element of {@code x [..., n]} is among the {@code count} largest along the last axis and 0 elsewhere, as
     * floats; of equal elements the first count. It has no gradient.
     */
    T top(T x, int count);

    /**
     * The parts {@code [...]} of {@code x [places..., ...]} at the places where a mask {@code [places...]} is not 0, in
     * order: {@code [selected, ...]}, perhaps none.
     */
    T select(T x, T mask);

    /** {@code x [places..., ...]}, floats, with {@code parts [selected, ...]} added where {@link #select} takes them from. */
    T addSelected(T x, T mask, T parts);

    /** The same value, through which no gradient passes. */
    T detached(T x);

    // ---- arithmetic

    T add(T a, T b);

    T subtract(T a, T b);

    T multiply(T a, T b);

    T divide(T a, T b);

    /** {@code x * factor + offset}, for floats. */
    T affine(T x, double factor, double offset);

    default T scale(T x, double factor) {
        return affine(x, factor, 0);
    }

    /** The larger of each element and {@code least}. */
    T atLeast(T x, double least);

    T abs(T x);

    T exp(T x);

    T log(T x);

    T sqrt(T x);

    /** Integers (or floats) as floats. */
    T toFloat(T x);

    // ---- nonlinear

    /** {@code x Phi(x)}, the exact (erf) form. */
    T gelu(T x);

    T relu(T x);

    T silu(T x);

    T tanh(T x);

    T sigmoid(T x);

    /** {@code log(1 + e^x)}, without overflow. */
    T softplus(T x);

    T softmax(T x, int axis);

    T logSoftmax(T x, int axis);

    // ---- reduction

    T sum(T x, int axis, boolean keep);

    T mean(T x, int axis, boolean keep);

    T max(T x, int axis, boolean keep);

    /** The sum of all elements, a scalar. */
    T total(T x);

    // ---- compound, where an interpreter may know a faster way

    /** Normalises the last axis to mean 0 and variance 1, times {@code weight [width]} plus {@code bias [width]} or null. */
    T layerNorm(T x, T weight, T bias, double epsilon);

    /**
     * Multi-head scaled dot-product attention, {@code softmax(q k^T / sqrt(size) + bias) v}.
     *
     * @param q {@code [rows, tokens, heads * size]}; {@code k} and {@code v} likewise
     * @param bias added to the scores, broadcast to {@code [rows, heads, tokens, tokens]}; very negative where a token
     *     must not look
     * @param dropout share of attention probabilities dropped when learning, 0 to 1
     * @return {@code [rows, tokens, heads * size]}
     */
    default T attention(T q, T k, T v, T bias, int heads, int size, double dropout) {
        T queries = transpose(reshape(q, 0, 0, heads, size), 0, 2, 1, 3);
        T keys = transpose(reshape(k, 0, 0, heads, size), 0, 2, 3, 1);
        T values = transpose(reshape(v, 0, 0, heads, size), 0, 2, 1, 3);
        T scores = add(scale(matmul(queries, keys), 1 / Math.sqrt(size)), bias);
        T mixed = matmul(dropout(softmax(scores, -1), dropout), values);
        return reshape(transpose(mixed, 0, 2, 1, 3), 0, 0, (long) heads * size);
    }

    /** Zeroes a share {@code rate} of the elements and scales the rest by {@code 1 / (1 - rate)}; only when learning. */
    T dropout(T x, double rate);
}
