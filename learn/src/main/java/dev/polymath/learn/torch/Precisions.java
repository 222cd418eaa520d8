package dev.polymath.learn.torch;

import dev.polymath.project.TrainSpec.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What {@code precision: auto} means on the machine at hand. */
public final class Precisions {
    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

    private Precisions() {}

    /** The type products are computed in; {@code auto} is bf16 on every GPU. */
    public static ScalarType type(Precision precision) {
        boolean fast = Device.current() == Device.CUDA || hasBf16();
        boolean half = precision == Precision.BF16 || precision == Precision.AUTO && fast;
        return half ? ScalarType.BFloat16 : ScalarType.Float;
    }

    /** Its name in the project file. */
    public static String name(ScalarType type) {
        return type == ScalarType.BFloat16 ? "bf16" : "fp32";
    }

    /** Whether the processor multiplies bf16 in hardware; without it bf16 is slower than F32. Known on Linux alone. */
    public static boolean hasBf16() {
        try {
            if (!Files.isReadable(PROCESSOR)) return false;
            String flags = Files.readString(PROCESSOR);
            return flags.contains("avx512_bf16") || flags.contains("amx_bf16");
        } catch (IOException e) {
            return false;
        }
    }
}
