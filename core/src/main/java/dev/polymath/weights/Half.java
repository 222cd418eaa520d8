package dev.polymath.weights;

/** Conversion to the 16-bit floating-point types: IEEE 754 half precision (Java 17 has none), and bfloat16. */
final class Half {
    private Half() {}

    static float toFloat(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >>> 10) & 0x1f;
        int mantissa = bits & 0x3ff;
        if (exponent == 0x1f) return Float.intBitsToFloat(sign | 0x7f800000 | mantissa << 13);
        if (exponent == 0) {
            float magnitude = mantissa * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        return Float.intBitsToFloat(sign | (exponent + 112) << 23 | mantissa << 13);
    }

    /** To the nearest half, ties to even; 65520 and more become infinite, NaN stays NaN. */
    static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fffffff;
        // Any bits of a NaN's payload may be shifted out, so the quiet bit is set: it must not turn into an infinity.
        if (magnitude > 0x7f800000) return (short) (sign | 0x7e00 | magnitude >>> 13 & 0x3ff);
        if (magnitude >= 0x477ff000) return (short) (sign | 0x7c00);
        if (magnitude < 0x38800000) {
            // Subnormal halves are the multiples of 2^-24, the spacing of floats from 0.5 on: the addition rounds.
            return (short) (sign | Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f) - 0x3f000000);
        }
        return (short) (sign | magnitude + 0xfff + (magnitude >>> 13 & 1) - 0x38000000 >>> 13);
    }

    /** To the nearest bfloat16, ties to even; NaN stays NaN. */
    static short bfloatFromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) return (short) (bits >>> 16 | 0x40);
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    static float fromBfloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }
}
