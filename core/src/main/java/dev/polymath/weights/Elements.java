package dev.polymath.weights;

import java.nio.ByteBuffer;

/** Elements of any type as floats, a block at a time: arithmetic on an array needs no second copy of it. */
final class Elements {
    /** Elements in a block: 16 KiB of floats, so that the blocks of a few terms stay in the first-level cache. */
    static final int BLOCK = 4096;

    private Elements() {}

    /** Reads {@code count} elements from the {@code from}-th on; F16 and BF16 exactly, I64 and I32 rounded. */
    static void read(DType type, ByteBuffer in, int from, float[] into, int count) {
        switch (type) {
            case F32 -> in.asFloatBuffer().get(from, into, 0, count);
            case BF16 -> {
                for (int i = 0; i < count; i++) into[i] = Half.fromBfloat(in.getShort(2 * (from + i)));
            }
            case F16 -> {
                for (int i = 0; i < count; i++) into[i] = Half.toFloat(in.getShort(2 * (from + i)));
            }
            case I64 -> {
                for (int i = 0; i < count; i++) into[i] = in.getLong(8 * (from + i));
            }
            case I32 -> {
                for (int i = 0; i < count; i++) into[i] = in.getInt(4 * (from + i));
            }
            case I8 -> {
                for (int i = 0; i < count; i++) into[i] = in.get(from + i);
            }
            case U8, BOOL -> {
                for (int i = 0; i < count; i++) into[i] = in.get(from + i) & 0xff;
            }
        }
    }

    /** Writes {@code count} elements of a type of floats from the {@code from}-th on, rounded to nearest even. */
    static void write(DType type, ByteBuffer out, int from, float[] values, int count) {
        switch (type) {
            case F32 -> out.asFloatBuffer().put(from, values, 0, count);
            case BF16 -> {
                for (int i = 0; i < count; i++) out.putShort(2 * (from + i), Half.bfloatFromFloat(values[i]));
            }
            case F16 -> {
                for (int i = 0; i < count; i++) out.putShort(2 * (from + i), Half.fromFloat(values[i]));
            }
            default -> throw new IllegalArgumentException(type + " is not a type of floats");
        }
    }
}
