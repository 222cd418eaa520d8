package dev.polymath.learn.torch;

import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Arrays as libtorch's tensors on this process's {@link Device}, and back. */
public final class Tensors {
    private static final Device DEVICE = Device.current();

    public static final TensorOptions FLOAT = options(ScalarType.Float);
    public static final TensorOptions INT64 = options(ScalarType.Long);
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
        put(tensor, array.data());
        return tensor;
    }

    /** Overwrites a contiguous tensor of the process's device; without a gradient. */
    public static void put(Tensor tensor, ByteBuffer values) {
        if (DEVICE == Device.CPU) {
            bytes(tensor).put(values);
            return;
        }
        try (PointerScope local = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            TensorOptions plain = new TensorOptions(tensor.scalar_type());
            Tensor here = torch.empty(shape(tensor), plain, null);
            bytes(here).put(values);
            tensor.copy_(here);
        }
    }

    /** An F32 array with a copy of a tensor, whatever its floating type; or I64 of a tensor of integers. */
    public static Array array(Tensor tensor) {
        Tensor plain = tensor.detach().cpu();
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

    /** A contiguous F32 tensor as an array: its very memory where the processor has it, else a copy. */
    static Array view(Tensor tensor) {
        if (DEVICE != Device.CPU) return array(tensor);
        return new Array(DType.F32, shape(tensor), bytes(tensor));
    }

    /** The memory of a contiguous tensor that the processor has; valid while the tensor lives. */
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

    private static TensorOptions options(ScalarType type) {
        try (PointerScope local = new PointerScope()) {
            return kept(new TensorOptions(type).device(new DeviceOptional(DEVICE.torch())));
        }
    }

    /** For constants that outlive any scope in which this class happens to be loaded. */
    private static <P extends Pointer> P kept(P pointer) {
        pointer.retainReference();
        return pointer;
    }
}
