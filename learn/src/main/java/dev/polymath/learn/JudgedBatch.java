package dev.polymath.learn;

import dev.polymath.learn.sampling.EpochPlan;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Sites;
import dev.polymath.sharing.Learning;
import dev.polymath.task.Learner;
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
 * The rows of one task that are judged by one another: their sequences pass the backbone in parts of like length, so that
 * little is padding, and one loss is taken of what all of them gave.
 *
 * <p>Where they are more than {@value #MOST_TOKENS} tokens, the way back through all parts would take much memory, and the
 * gradient is cached: the parts pass without gradients, and once the loss has given its gradient at their outputs, each part
 * passes once more and sends its share of it back. It is the same gradient, for half a pass more.
 *
 * <p>Source: L. Gao et al., Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup, 2021, arXiv:2101.06983.
 */
final class JudgedBatch {
    /** The most tokens whose way back is kept. */
    static final int MOST_TOKENS = 4096;
    /** Tokens of a part, padding included: a batch of 64 short texts in one part is padding by half and more. */
    static final int PART_TOKENS = 512;

    private final Network network;
    private final Map<String, Tensor> weights;
    private final Learner learner;
    private final int index;
    private final List<Encoding> encodings;
    private final Learning learning;
    private final UnaryOperator<Sites<Tensor>> around;
    private final List<List<Integer>> parts;
    private final boolean cached;
    private final Tensor outputs;
    private Tensor penalty;

    /**
     * @param index the task's position in the project
     * @param around what goes around the sharing parts at the sites
     * @param mostTokens the most tokens whose way back is kept
     * @param partTokens tokens of a part, padding included
     */
    JudgedBatch(
            Network network,
            Map<String, Tensor> weights,
            Task task,
            int index,
            List<Encoding> encodings,
            Learning learning,
            UnaryOperator<Sites<Tensor>> around,
            int mostTokens,
            int partTokens) {
        this.network = network;
        this.weights = weights;
        this.learner = task.learner(network.backbone().layers());
        this.index = index;
        this.encodings = encodings;
        this.learning = learning;
        this.around = around;
        int[] lengths = encodings.stream().mapToInt(Encoding::length).toArray();
        this.parts = Batching.byLength(lengths, partTokens);
        this.cached = Arrays.stream(lengths).asLongStream().sum() > mostTokens;
        this.outputs = cached ? cached() : kept();
    }

    /** What the loss is taken of, for all sequences, in their order. */
    Tensor outputs() {
        return outputs;
    }

    /** What the sharing parts add to the loss, or null; that of a cached batch goes back by itself. */
    Tensor penalty() {
        return penalty;
    }

    private Tensor kept() {
        List<Tensor> results = new ArrayList<>();
        for (int part = 0; part < parts.size(); part++) {
            Result result = pass(part);
            results.add(result.output);
            if (result.penalty != null) penalty = penalty == null ? result.penalty : penalty.add(result.penalty);
        }
        return inOrder(results);
    }

    private Tensor cached() {
        List<Tensor> results = new ArrayList<>();
        try (AutoGradMode off = new AutoGradMode(false)) {
            for (int part = 0; part < parts.size(); part++) {
                try (PointerScope scope = new PointerScope()) {
                    Tensor output = pass(part).output;
                    output.retainReference();
                    results.add(output);
                }
            }
            Tensor inOrder = inOrder(results);
            results.forEach(Tensor::releaseReference);
            return inOrder.detach().requires_grad_(true);
        }
    }

    private Tensor inOrder(List<Tensor> results) {
        TorchOps ops = ops();
        return ops.gather(ops.concat(0, results), Tensors.of(Array.of(places())));
    }

    /** To be called once the loss has gone back to the outputs: sends what it gave them on to the parameters. */
    void backward() {
        if (!cached) return;
        Tensor gradient = outputs.grad();
        for (int part = 0; part < parts.size(); part++) {
            try (PointerScope scope = new PointerScope()) {
                Result result = pass(part);
                Tensor index = Tensors.of(
                        Array.of(parts.get(part).stream().mapToLong(i -> i).toArray()));
                Tensor scalar =
                        result.output.mul(gradient.index_select(0, index)).sum();
                if (result.penalty != null) scalar = scalar.add(result.penalty);
                scalar.backward();
            }
        }
    }

    /** What a part gave; the penalty, by its share of the sequences, may be null. */
    private record Result(Tensor output, Tensor penalty) {}

    private Result pass(int part) {
        // What is dropped must be the same both times.
        torch.manual_seed(EpochPlan.mixed(learning.seed(), part, 3));
        List<Encoding> some = parts.get(part).stream().map(encodings::get).toList();
        int[] tasks = new int[some.size()];
        Arrays.fill(tasks, index);
        Network.Pass pass = network.pass(weights, some, tasks, learner.reading(), learning, around);
        Tensor penalty = pass.penalty();
        if (penalty != null) penalty = penalty.mul(new Scalar((double) some.size() / encodings.size()));
        return new Result(learner.output(ops(), pass.hidden()), penalty);
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
