package dev.polymath.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * An immutable n-dimensional array: element type, shape, and little-endian row-major bytes, in memory or mapped from a
 * file. At most 2 GiB.
 */
public final class Array {
    /**
     * Bytes from which an array lies outside the Java heap. Memory there is returned only after a collection, which
     * nothing brings about: the small arrays of every batch would pile up.
     */
    private static final int LARGE = 1 << 20;

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

    /** The bytes, little-endian, read-only; direct where they are many. Each call gives a buffer with its own position. */
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The elements as floats, whatever the type (F16 and BF16 exactly, I64 rounded). */
    public float[] floats() {
        float[] values = new float[size()];
        Elements.read(type, data(), 0, values, values.length);
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

    /**
     * Arrays of one type and shape {@code [...]} side by side, {@code [arrays, ...]}.
     *
     * @throws IllegalArgumentException if there is none, or their types or shapes differ
     */
    public static Array stack(List<Array> arrays) {
        Array first = arrays.isEmpty() ? null : arrays.get(0);
        if (first == null) throw new IllegalArgumentException("a stack of no arrays");
        ByteBuffer all = buffer((long) arrays.size() * first.data.capacity());
        for (Array array : arrays) {
            if (array.type != first.type || !Arrays.equals(array.shape, first.shape))
                throw new IllegalArgumentException(array + " does not stack on " + first);
            all.put(array.data());
        }
        long[] shape = new long[first.shape.length + 1];
        shape[0] = arrays.size();
        System.arraycopy(first.shape, 0, shape, 1, first.shape.length);
        return new Array(first.type, shape, all.flip());
    }

    /** Part {@code [...]} of an array {@code [rows, ...]}; the same bytes, not a copy. */
    public Array row(int row) {
        return rows(row, 1).reshaped(Arrays.copyOfRange(shape, 1, shape.length));
    }

    /** Parts {@code [count, ...]} of an array {@code [rows, ...]}; the same bytes, not a copy. */
    public Array rows(int from, int count) {
        long[] some = shape.clone();
        some[0] = count;
        int bytes = shape[0] == 0 ? 0 : data.capacity() / Math.toIntExact(shape[0]);
        return new Array(type, some, data().slice(from * bytes, count * bytes));
    }

    /** The same bytes under another shape of equal size. */
    public Array reshaped(long... newShape) {
        return new Array(type, newShape, data());
    }

    /**
     * The same numbers as another type of float, rounded to nearest, ties to even. What is too large for F16 (65520 and
     * more) becomes infinite; NaN stays NaN.
     *
     * @throws IllegalArgumentException if the new type is one of whole numbers, and not the type that the array has
     */
    public Array cast(DType newType) {
        if (newType == type) return this;
        if (!newType.floating()) throw new IllegalArgumentException(this + " cannot be cast to " + newType);
        ByteBuffer source = data();
        ByteBuffer result = buffer((long) size() * newType.bytes());
        float[] block = new float[Math.min(Elements.BLOCK, size())];
        for (int from = 0; from < size(); from += block.length) {
            int count = Math.min(block.length, size() - from);
            Elements.read(type, source, from, block, count);
            Elements.write(newType, result, from, block, count);
        }
        return new Array(newType, shape, result);
    }

    /** The elementwise sum, as F32. See {@link #combination}. */
    public Array plus(Array other) {
        return combination(List.of(this, other), 1, 1);
    }

    /** The elementwise difference, as F32. See {@link #combination}. */
    public Array minus(Array other) {
        return combination(List.of(this, other), 1, -1);
    }

    /** Every element times a factor, as F32. See {@link #combination}. */
    public Array scaled(double factor) {
        return combination(List.of(this), factor);
    }

    /**
     * The elementwise linear combination {@code factors[0] * arrays[0] + factors[1] * arrays[1] + ...} as F32, whatever
     * types of float go in. Each element is added up in double precision and rounded once.
     *
     * @throws IllegalArgumentException if there is no array, shapes differ, an array is not of floats, or the number of
     *     factors is not the number of arrays
     */
    public static Array combination(List<Array> arrays, double... factors) {
        if (arrays.isEmpty()) throw new IllegalArgumentException("a combination of no arrays");
        if (arrays.size() != factors.length) {
            throw new IllegalArgumentException(factors.length + " factors for " + arrays.size() + " arrays");
        }
        Array first = arrays.get(0);
        arrays.forEach(first::requireSameFloats);
        List<ByteBuffer> sources = arrays.stream().map(Array::data).toList();
        ByteBuffer result = buffer(4L * first.size());
        float[] block = new float[Math.min(Elements.BLOCK, first.size())];
        double[] sums = new double[block.length];
        for (int from = 0; from < first.size(); from += block.length) {
            int count = Math.min(block.length, first.size() - from);
            for (int term = 0; term < factors.length; term++) {
                Elements.read(arrays.get(term).type, sources.get(term), from, block, count);
                double factor = factors[term];
                if (term == 0) for (int i = 0; i < count; i++) sums[i] = factor * block[i];
                else for (int i = 0; i < count; i++) sums[i] += factor * block[i];
            }
            for (int i = 0; i < count; i++) block[i] = (float) sums[i];
            Elements.write(DType.F32, result, from, block, count);
        }
        return new Array(DType.F32, first.shape, result);
    }

    /**
     * The sum of the products of elements at equal places, added up in double precision.
     *
     * @throws IllegalArgumentException if shapes differ or an array is not of floats
     */
    public double dot(Array other) {
        requireSameFloats(this);
        requireSameFloats(other);
        ByteBuffer left = data();
        ByteBuffer right = other.data();
        float[] a = new float[Math.min(Elements.BLOCK, size())];
        float[] b = new float[a.length];
        double sum = 0;
        for (int from = 0; from < size(); from += a.length) {
            int count = Math.min(a.length, size() - from);
            Elements.read(type, left, from, a, count);
            Elements.read(other.type, right, from, b, count);
            for (int i = 0; i < count; i++) sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /** The Euclidean length of all elements together. */
    public double norm() {
        return Math.sqrt(dot(this));
    }

    private void requireSameFloats(Array other) {
        if (!Arrays.equals(shape, other.shape)) {
            throw new IllegalArgumentException(
                    "shapes differ: " + Arrays.toString(shape) + " and " + Arrays.toString(other.shape));
        }
        if (!other.type.floating()) {
            throw new IllegalArgumentException("arithmetic takes arrays of floats, not " + other);
        }
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
        int size = Math.toIntExact(bytes);
        ByteBuffer data = size < LARGE ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size);
        return data.order(ByteOrder.LITTLE_ENDIAN);
    }
}
