package dev.polymath.learn.torch;

import dev.polymath.weights.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Arrays as libtorch's tensors, and back. */
public final class Tensors {
    public static final TensorOptions FLOAT = kept(new TensorOptions(ScalarType.Float));
    public static final TensorOptions INT64 = kept(new TensorOptions(ScalarType.Long));
    public static final ScalarTypeOptional SAME_TYPE = kept(new ScalarTypeOptional());

    private Tensors() {}

    /** A new tensor with a copy of an F32 or I64 array. */
    public static Tensor of(Array array) {
        Tensor tensor =
                switch (array.type()) {
                    case F32 -> torch.empty(array.shape(), FLOAT, null);
                    case I64 -> torch.empty(array.shape(), INT64, null);
                    default ->
                        throw new IllegalArgumentException("tensors are made of F32 or I64, not " + array.type());
                };
        bytes(tensor).put(array.data());
        return tensor;
    }

    /** An F32 array with a copy of a tensor, whatever its floating type; or I64 of a tensor of integers. */
    public static Array array(Tensor tensor) {
        Tensor plain = tensor.detach();
        boolean whole = tensor.scalar_type().intern() == ScalarType.Long;
        plain = whole ? plain.contiguous() : plain.to(ScalarType.Float).contiguous();
        ByteBuffer bytes = bytes(plain);
        // Not of(values, shape): a scalar's shape would read as none given.
        return (whole ? Array.of(longs(bytes)) : Array.of(floats(bytes))).reshaped(shape(plain));
    }

    public static long[] shape(Tensor tensor) {
        long[] shape = new long[(int) tensor.dim()];
        for (int i = 0; i < shape.length; i++) shape[i] = tensor.size(i);
        return shape;
    }

    /** The memory of a contiguous tensor; valid while the tensor lives. */
    public static ByteBuffer bytes(Tensor tensor) {
        long size = tensor.numel() * tensor.element_size();
        if (size == 0) return ByteBuffer.allocate(0);
        return new BytePointer(tensor.data_ptr()).capacity(size).asBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static float[] floats(ByteBuffer bytes) {
        float[] values = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    private static long[] longs(ByteBuffer bytes) {
        long[] values = new long[bytes.remaining() / 8];
        bytes.asLongBuffer().get(values);
        return values;
    }

    /** For constants that outlive any scope in which this class happens to be loaded. */
    private static <P extends Pointer> P kept(P pointer) {
        pointer.retainReference();
        return pointer;
    }
}
