package dev.polymath.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What the backbone's linear maps are computed in. */
public enum Precision {
    /** {@link #INT8} for the tasks that {@link Quantization} has measured, where this machine computes it faster; else F32. */
    AUTO,
    /** 32-bit floats. */
    FP32,
    /** 16-bit floats with F32's exponents; only on the engine {@code torch}, where the machine has instructions for them. */
    BF16,
    /** Integers of 8 bits with a scale a token and an output; only where a model has been quantised for all its tasks. */
    INT8;

    private static final Path LINUX_CPU = Path.of("/proc/cpuinfo");

    /** The name on the command line: {@code auto}, {@code fp32}, {@code bf16}, {@code int8}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether ONNX Runtime has integer kernels for this processor that beat its F32 ones: on x86 from AVX2 upwards (2013), on
     * ARM with dot products (2017). A rule and not a trial at opening, since a trial beside other load comes out now so and
     * now so, and a model that is opened twice must answer alike. Measured on Zen 3, AVX2 alone, which is the least that the
     * rule lets pass on x86: see docs/serving.md. On ARM nothing was measured. Where the processor cannot be asked
     * (elsewhere than on Linux) it is taken for one that has them.
     */
    static boolean int8IsFaster() {
        String flag =
                switch (System.getProperty("os.arch", "")) {
                    case "amd64", "x86_64" -> "avx2";
                    case "aarch64", "arm64" -> "asimddp";
                    default -> null;
                };
        if (flag == null) return false;
        if (!Files.isReadable(LINUX_CPU)) return true;
        try {
            return Files.readString(LINUX_CPU).matches("(?s).*\\b" + flag + "\\b.*");
        } catch (IOException e) {
            return true;
        }
    }
}
