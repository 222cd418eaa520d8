package dev.polymath.learn.torch;

import dev.polymath.InputException;
import dev.polymath.run.Engine;
import dev.polymath.run.EngineProvider;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Polymath;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Brings libtorch to those who use models. {@code auto} is F32 here: what a model's tasks lose in bf16 nobody has measured, so
 * that bf16 must be asked for.
 */
public final class TorchEngineProvider implements EngineProvider {
    @Override
    public Engine.Kind kind() {
        return Engine.Kind.TORCH;
    }

    @Override
    public Engine open(ModelFolder folder, Polymath.Settings settings) {
        ScalarType compute =
                switch (settings.precision()) {
                    case AUTO, FP32 -> ScalarType.Float;
                    case BF16 -> bf16();
                    case INT8 ->
                        throw new InputException("the engine 'torch' computes no int8; take the engine 'onnx' for it,"
                                + " or another precision: auto, fp32, bf16");
                };
        Device.current().require();
        // One number for the process: libtorch has no threads of a model's own.
        if (settings.threads() > 0) torch.set_num_threads(settings.threads());
        return new TorchEngine(folder, compute);
    }

    private static ScalarType bf16() {
        if (Device.current() == Device.CUDA || Precisions.hasBf16()) return ScalarType.BFloat16;
        throw new InputException(
                "this processor has no instructions for bf16 (avx512_bf16 or amx_bf16), and would be many"
                        + " times slower in it; take another precision: auto, fp32");
    }
}
