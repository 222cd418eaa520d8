package dev.polymath.weights;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * The weight of a linear map in 7 bits and a sign, an output at a time: {@code w[o, i] ~ values[i, o] * scales[o]}, where
 * {@code scales[o] = max_i |w[o, i]| / 64}. A model that holds the two arrays under {@link #values} and {@link #scales}
 * computes that map in integers.
 *
 * <p>64 and not 127, because processors without VNNI add two products of a byte without and a byte with a sign into 16 bits
 * that saturate: {@code 2 * 255 * 64 = 32640} just fits, so that every sum is exact on every processor. Measured on Zen 3
 * (AVX2) for 256 rows and 384 x 1536, one thread: 1.68 ms so, 2.18 ms with 8 bits in ONNX Runtime's kernel that does not
 * saturate (no side with a sign), 3.37 ms in F32.
 *
 * @param values I8 {@code [in, out]}, from -64 to 64
 * @param scales F32 {@code [out]}, above 0
 */
public record Int8Weight(Array values, Array scales) {
    /** The largest value; see above. */
    public static final int MOST = 64;

    /** @param weight F32 {@code [out, in]} */
    public static Int8Weight of(Array weight) {
        long[] shape = weight.shape();
        if (shape.length != 2) throw new IllegalArgumentException(weight + " is no weight of a linear map");
        int out = Math.toIntExact(shape[0]);
        int in = Math.toIntExact(shape[1]);
        float[] from = weight.floats();
        byte[] values = new byte[from.length];
        float[] scales = new float[out];
        for (int o = 0; o < out; o++) {
            float most = 0;
            for (int i = 0; i < in; i++) most = Math.max(most, Math.abs(from[o * in + i]));
            // Of an output that nothing reaches, any scale will do; it must not divide by 0.
            scales[o] = most < Float.MIN_NORMAL * MOST ? 1 : most / MOST;
            for (int i = 0; i < in; i++) {
                long value = Math.round(Math.rint(from[o * in + i] / scales[o]));
                values[i * out + o] = (byte) Math.max(-MOST, Math.min(MOST, value));
            }
        }
        Array stored = new Array(DType.I8, new long[] {in, out}, ByteBuffer.wrap(values));
        return new Int8Weight(stored, Array.of(scales));
    }

    /** Both arrays under the names that they have for a weight of a model. */
    public Weights named(String weight) {
        return new Weights(Map.of(values(weight), values, scales(weight), scales));
    }

    /** The name of the values that stand for a weight of this name. */
    public static String values(String weight) {
        return weight + ".int8";
    }

    /** The name of the scales that go with {@link #values(String)}. */
    public static String scales(String weight) {
        return weight + ".scales";
    }
}
