package dev.polymath.learn.torch;

import dev.polymath.ops.Program;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Runs a {@link Program} on libtorch, without gradients and without dropout; the counterpart of {@code OnnxEval}. */
final class TorchEval {
    private TorchEval() {}

    static Array eval(Program program, Weights weights, List<Array> inputs, ScalarType compute) {
        torch.set_num_threads(1);
        try (PointerScope scope = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            weights.asMap().forEach((name, array) -> tensors.put(name, Tensors.of(array)));
            List<Tensor> values = inputs.stream().map(Tensors::of).toList();
            return Tensors.array(program.apply(new TorchOps(tensors, compute, false), values));
        }
    }
}
