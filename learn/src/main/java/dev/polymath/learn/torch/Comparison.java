package dev.polymath.learn.torch;

import dev.polymath.run.Engine;
import dev.polymath.task.Interacting;
import dev.polymath.weights.Array;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What a task has of a query, compared with what it has of passages, on libtorch. */
final class Comparison {
    private Comparison() {}

    /** As {@link Engine#scores}; within a scope of pointers of the caller's. */
    static float[] scores(
            Map<String, Tensor> weights, Interacting task, int width, float[] query, List<float[]> passages) {
        int size = task.interaction().size(width);
        TorchOps ops = new TorchOps(weights, ScalarType.Float, false);
        Engine.Items items = Engine.Items.of(passages, size);
        Tensor asked = Tensors.of(Array.of(query, 1, query.length / size, size));
        Tensor mask = ops.toFloat(Tensors.of(items.mask()));
        return Tensors.array(task.scores(ops, asked, null, Tensors.of(items.values()), mask))
                .floats();
    }
}
