package dev.polymath.learn.torch;

import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.model.Inputs;
import dev.polymath.model.Sites;
import dev.polymath.sharing.Sharing;
import dev.polymath.task.Task;
import dev.polymath.text.Batching;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A backbone with its sharing part, run on libtorch. Hidden states are computed in {@code compute}; heads and losses
 * read them in F32.
 *
 * @param padId the token id that fills up short rows
 * @param compute Float or BFloat16
 */
public record Network(Backbone backbone, Sharing sharing, int padId, ScalarType compute) {
    /** Tokens of a batch where no gradients are kept. */
    private static final int BATCH_TOKENS = 8192;

    /** The last hidden states of a batch as F32, with its mask; nothing is dropped. */
    public Hidden<Tensor> hidden(Map<String, Tensor> weights, List<Encoding> encodings, int[] tasks) {
        return hidden(weights, encodings, tasks, false, UnaryOperator.identity());
    }

    /**
     * The last hidden states of a batch as F32, with its mask.
     *
     * @param learning whether dropout drops
     * @param around what goes around the sharing part at the sites
     */
    public Hidden<Tensor> hidden(
            Map<String, Tensor> weights,
            List<Encoding> encodings,
            int[] tasks,
            boolean learning,
            UnaryOperator<Sites<Tensor>> around) {
        TokenBatch batch = TokenBatch.of(encodings, padId);
        TorchOps ops = new TorchOps(weights, compute, learning);
        long[] taskOfRow = Arrays.stream(tasks).asLongStream().toArray();
        Inputs<Tensor> inputs =
                new Inputs<>(Tensors.of(batch.ids()), Tensors.of(batch.mask()), Tensors.of(batch.types()));
        Tensor rowTasks = Tensors.of(dev.polymath.weights.Array.of(taskOfRow));
        Hidden<Tensor> hidden = backbone.hidden(ops, inputs, around.apply(sharing.sites(rowTasks)));
        return new Hidden<>(List.of(ops.toFloat(hidden.last())), hidden.mask());
    }

    /** Raw outputs of a task's head for each row, without gradients; in the order of the rows. */
    public List<float[]> outputs(Map<String, Tensor> weights, Task task, int index, List<Encoding> encodings) {
        float[][] outputs = new float[encodings.size()][];
        int[] lengths = encodings.stream().mapToInt(Encoding::length).toArray();
        for (List<Integer> rows : Batching.byLength(lengths, BATCH_TOKENS)) {
            try (PointerScope scope = new PointerScope();
                    AutoGradMode off = new AutoGradMode(false)) {
                List<Encoding> batch = rows.stream().map(encodings::get).toList();
                int[] tasks = new int[batch.size()];
                Arrays.fill(tasks, index);
                Hidden<Tensor> hidden = hidden(weights, batch, tasks);
                Tensor output = task.head(new TorchOps(weights, ScalarType.Float, false), hidden);
                float[] values = Tensors.array(output).floats();
                int size = values.length / rows.size();
                for (int i = 0; i < rows.size(); i++) {
                    outputs[rows.get(i)] = Arrays.copyOfRange(values, i * size, (i + 1) * size);
                }
            }
        }
        return new ArrayList<>(Arrays.asList(outputs));
    }
}
