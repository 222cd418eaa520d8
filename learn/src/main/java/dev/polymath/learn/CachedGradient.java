package dev.polymath.learn;

import dev.polymath.learn.sampling.EpochPlan;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Sites;
import dev.polymath.sharing.Learning;
import dev.polymath.task.Task;
import dev.polymath.text.Batching;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The gradient of a loss over many sequences at once, in the memory of a few. All pass the backbone without gradients, in
 * parts; the loss is taken of what they gave; then each part passes once more, and the loss's gradient at its outputs goes
 * back through it. It is the same gradient as in one pass, for half a pass more.
 *
 * <p>Source: L. Gao et al., Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup, 2021, arXiv:2101.06983.
 */
final class CachedGradient {
    /** Tokens of a part, padding included, and the most of a batch that passes at once. */
    static final int PART_TOKENS = 4096;

    private final Network network;
    private final Map<String, Tensor> weights;
    private final Task task;
    private final int index;
    private final List<Encoding> encodings;
    private final Learning learning;
    private final UnaryOperator<Sites<Tensor>> around;
    private final List<List<Integer>> parts;
    private final Tensor outputs;

    /**
     * @param index the task's position in the project
     * @param around what goes around the sharing parts at the sites
     * @param partTokens tokens of a part, padding included
     */
    CachedGradient(
            Network network,
            Map<String, Tensor> weights,
            Task task,
            int index,
            List<Encoding> encodings,
            Learning learning,
            UnaryOperator<Sites<Tensor>> around,
            int partTokens) {
        this.network = network;
        this.weights = weights;
        this.task = task;
        this.index = index;
        this.encodings = encodings;
        this.learning = learning;
        this.around = around;
        this.parts = Batching.byLength(lengths(encodings), partTokens);
        this.outputs = computed();
    }

    /** Whether a batch is so large that its way back is not to be kept whole. */
    static boolean pays(List<Encoding> encodings) {
        return Arrays.stream(lengths(encodings)).asLongStream().sum() > PART_TOKENS;
    }

    private static int[] lengths(List<Encoding> encodings) {
        return encodings.stream().mapToInt(Encoding::length).toArray();
    }

    /** The head's outputs of all sequences, in their order; a leaf that takes the loss's gradient. */
    Tensor outputs() {
        return outputs;
    }

    private Tensor computed() {
        List<Tensor> results = new ArrayList<>();
        try (AutoGradMode off = new AutoGradMode(false)) {
            for (int part = 0; part < parts.size(); part++) {
                try (PointerScope scope = new PointerScope()) {
                    Tensor output = pass(part).output;
                    output.retainReference();
                    results.add(output);
                }
            }
            TorchOps ops = ops();
            Tensor inOrder = ops.gather(ops.concat(0, results), Tensors.of(Array.of(places())));
            results.forEach(Tensor::releaseReference);
            return inOrder.detach().requires_grad_(true);
        }
    }

    /** Sends the gradient that the outputs have been given on to the parameters. */
    void backward() {
        Tensor gradient = outputs.grad();
        for (int part = 0; part < parts.size(); part++) {
            try (PointerScope scope = new PointerScope()) {
                Result result = pass(part);
                Tensor index = Tensors.of(
                        Array.of(parts.get(part).stream().mapToLong(i -> i).toArray()));
                Tensor scalar =
                        result.output.mul(gradient.index_select(0, index)).sum();
                if (result.penalty != null) {
                    double share = (double) parts.get(part).size() / encodings.size();
                    scalar = scalar.add(result.penalty.mul(new Scalar(share)));
                }
                scalar.backward();
            }
        }
    }

    /** What a part gave; the penalty may be null. */
    private record Result(Tensor output, Tensor penalty) {}

    private Result pass(int part) {
        // What is dropped must be the same both times.
        torch.manual_seed(EpochPlan.mixed(learning.seed(), part, 3));
        List<Encoding> some = parts.get(part).stream().map(encodings::get).toList();
        int[] tasks = new int[some.size()];
        Arrays.fill(tasks, index);
        Network.Pass pass = network.pass(weights, some, tasks, learning, around);
        return new Result(task.head(ops(), pass.hidden()), pass.penalty());
    }

    private TorchOps ops() {
        return new TorchOps(weights, ScalarType.Float, true);
    }

    /** Where in the parts, laid end to end, each sequence is. */
    private long[] places() {
        long[] places = new long[encodings.size()];
        int at = 0;
        for (List<Integer> part : parts) for (int sequence : part) places[sequence] = at++;
        return places;
    }
}
