package dev.polymath.weights;

/** Element types of arrays, named as safetensors names them. */
public enum DType {
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    I8(1),
    U8(1),
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes an element takes. */
    public int bytes() {
        return bytes;
    }

    /** Whether the elements are floating-point numbers, the only ones that arithmetic on arrays takes. */
    public boolean floating() {
        return this == F32 || this == F16 || this == BF16;
    }
}
