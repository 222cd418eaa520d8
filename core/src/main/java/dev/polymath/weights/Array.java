package dev.polymath.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * An immutable n-dimensional array: element type, shape, and little-endian row-major bytes, in memory or mapped from a
 * file. At most 2 GiB.
 */
public final class Array {
    private final DType type;
    private final long[] shape;
    private final ByteBuffer data;

    /** @throws IllegalArgumentException if the bytes do not fill the shape exactly, or a size is negative */
    public Array(DType type, long[] shape, ByteBuffer data) {
        long bytes = Math.multiplyExact(elements(shape), (long) type.bytes());
        if (bytes != data.remaining()) {
            throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " of " + type + " takes " + bytes
                    + " bytes, the data has " + data.remaining());
        }
        this.type = type;
        this.shape = shape.clone();
        this.data = data.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** An array of F32; with no shape given, a vector. */
    public static Array of(float[] values, long... shape) {
        ByteBuffer data = buffer(4L * values.length);
        data.asFloatBuffer().put(values);
        return new Array(DType.F32, shape.length == 0 ? new long[] {values.length} : shape, data);
    }

    /** An array of I64; with no shape given, a vector. */
    public static Array of(long[] values, long... shape) {
        ByteBuffer data = buffer(8L * values.length);
        data.asLongBuffer().put(values);
        return new Array(DType.I64, shape.length == 0 ? new long[] {values.length} : shape, data);
    }

    /** A zero-dimensional F32. */
    public static Array scalar(float value) {
        ByteBuffer data = buffer(4);
        data.putFloat(0, value);
        return new Array(DType.F32, new long[0], data);
    }

    public static Array zeros(long... shape) {
        return new Array(DType.F32, shape, buffer(4 * elements(shape)));
    }

    public DType type() {
        return type;
    }

    public long[] shape() {
        return shape.clone();
    }

    /** Number of elements. */
    public int size() {
        return data.capacity() / type.bytes();
    }

    /** The bytes, little-endian, read-only; direct where possible. Each call gives a buffer with its own position. */
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The elements as floats, whatever the type (F16 and BF16 exactly, I64 rounded). */
    public float[] floats() {
        float[] values = new float[size()];
        ByteBuffer in = data();
        switch (type) {
            case F32 -> in.asFloatBuffer().get(values);
            case BF16 -> {
                for (int i = 0; i < values.length; i++) values[i] = Float.intBitsToFloat(in.getShort(2 * i) << 16);
            }
            case F16 -> {
                for (int i = 0; i < values.length; i++) values[i] = Half.toFloat(in.getShort(2 * i));
            }
            case I64 -> {
                for (int i = 0; i < values.length; i++) values[i] = in.getLong(8 * i);
            }
            case I32 -> {
                for (int i = 0; i < values.length; i++) values[i] = in.getInt(4 * i);
            }
            case I8 -> {
                for (int i = 0; i < values.length; i++) values[i] = in.get(i);
            }
            case U8, BOOL -> {
                for (int i = 0; i < values.length; i++) values[i] = in.get(i) & 0xff;
            }
        }
        return values;
    }

    /** The elements of an array of whole numbers. */
    public long[] longs() {
        long[] values = new long[size()];
        ByteBuffer in = data();
        switch (type) {
            case I64 -> in.asLongBuffer().get(values);
            case I32 -> {
                for (int i = 0; i < values.length; i++) values[i] = in.getInt(4 * i);
            }
            case I8 -> {
                for (int i = 0; i < values.length; i++) values[i] = in.get(i);
            }
            case U8, BOOL -> {
                for (int i = 0; i < values.length; i++) values[i] = in.get(i) & 0xff;
            }
            default -> throw new IllegalArgumentException(type + " is not a type of whole numbers");
        }
        return values;
    }

    /** The same bytes under another shape of equal size. */
    public Array reshaped(long... newShape) {
        return new Array(type, newShape, data());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Array that
                && type == that.type
                && Arrays.equals(shape, that.shape)
                && data.equals(that.data);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * type.hashCode() + Arrays.hashCode(shape)) + data.hashCode();
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape);
    }

    /** Number of elements of a shape. */
    static long elements(long[] shape) {
        long elements = 1;
        for (long size : shape) {
            if (size < 0) throw new IllegalArgumentException("negative size in shape " + Arrays.toString(shape));
            elements = Math.multiplyExact(elements, size);
        }
        return elements;
    }

    private static ByteBuffer buffer(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
