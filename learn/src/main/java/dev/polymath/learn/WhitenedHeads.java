package dev.polymath.learn;

import dev.polymath.InputException;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Reading;
import dev.polymath.pooling.Whitening;
import dev.polymath.task.Task;
import dev.polymath.text.Batching;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Fits {@link Whitening} before the first step, on the vectors that the backbone as it begins gives to a task's training
 * texts: each text once, up to {@value #MOST_TEXTS} of them at even distances.
 *
 * <p>Source: J. Huang et al., WhiteningBERT, 2021, arXiv:2104.01767.
 */
final class WhitenedHeads {
    /** A covariance of a thousand dimensions has settled by then. */
    private static final int MOST_TEXTS = 10_000;

    private static final int BATCH_TOKENS = 8192;
    /** Directions in which texts vary less than this share of the most are rounding: to stretch them would be noise. */
    private static final double LEAST = 1e-6;

    private final Network network;
    private final List<Task> tasks;
    private final List<EncodedRows> rows;

    /** @param rows each task's training rows */
    WhitenedHeads(Network network, List<Task> tasks, List<EncodedRows> rows) {
        this.network = network;
        this.tasks = tasks;
        this.rows = rows;
    }

    /**
     * All weights, with those of whitening fitted.
     *
     * @throws InputException if a task has too few texts for as many dimensions as it keeps
     */
    Weights of(Weights initial) {
        Weights all = initial;
        for (int index = 0; index < tasks.size(); index++) {
            if (!(tasks.get(index).pooling() instanceof Whitening whitening)) continue;
            try (PointerScope scope = new PointerScope();
                    AutoGradMode off = new AutoGradMode(false)) {
                Map<String, Tensor> weights = new HashMap<>();
                for (String name : initial.names()) weights.put(name, Tensors.of(initial.get(name)));
                Tensor vectors = vectors(weights, whitening, index);
                all = all.with(fitted(vectors, whitening, tasks.get(index).name()));
            }
            Trainer.reclaim();
        }
        return all;
    }

    /** {@code [texts, width]}. */
    private Tensor vectors(Map<String, Tensor> weights, Whitening whitening, int index) {
        List<Encoding> texts = texts(rows.get(index));
        int[] lengths = texts.stream().mapToInt(Encoding::length).toArray();
        Reading reading = whitening.reading(network.backbone().layers());
        TorchOps ops = new TorchOps(weights, ScalarType.Float, false);
        List<Tensor> parts = new ArrayList<>();
        for (List<Integer> batch : Batching.byLength(lengths, BATCH_TOKENS)) {
            int[] ofTask = new int[batch.size()];
            Arrays.fill(ofTask, index);
            List<Encoding> some = batch.stream().map(texts::get).toList();
            try (PointerScope pass = new PointerScope()) {
                Tensor vectors = whitening.plain(ops, network.hidden(weights, some, ofTask, reading));
                vectors.retainReference();
                parts.add(vectors);
            }
        }
        Tensor all = ops.concat(0, parts);
        parts.forEach(Tensor::releaseReference);
        return all;
    }

    private static List<Encoding> texts(EncodedRows rows) {
        List<Encoding> all = rows.all();
        int count = Math.min(MOST_TEXTS, all.size());
        List<Encoding> some = new ArrayList<>();
        for (int i = 0; i < count; i++) some.add(all.get((int) ((long) i * all.size() / count)));
        return some;
    }

    private static Weights fitted(Tensor vectors, Whitening whitening, String task) {
        Tensor exact = vectors.to(ScalarType.Double);
        Tensor mean = torch.mean(exact, new long[] {0}, true, Tensors.SAME_TYPE);
        Tensor centred = exact.sub(mean);
        Tensor covariance = torch.mm(centred.t(), centred).div(new Scalar((double) exact.size(0)));
        T_TensorTensor_T parts = torch.linalg_eigh(covariance);
        // They come with the smallest first.
        Tensor variances = parts.get0().flip(new long[] {0});
        int kept = whitening.width((int) exact.size(1));
        double least = variances.select(0, kept - 1).item_double();
        double most = variances.select(0, 0).item_double();
        if (!(least > LEAST * most)) {
            throw new InputException("task '" + task + "': pooling whitening cannot stretch its " + exact.size(0)
                    + " training texts in " + kept + " directions, since they vary in fewer; give more texts, or fewer"
                    + " 'dimensions'");
        }
        Tensor directions = parts.get1().flip(new long[] {1}).narrow(1, 0, kept);
        Tensor matrix = directions.div(variances.narrow(0, 0, kept).sqrt());
        return whitening.weights(task, floats(mean.reshape(-1)), floats(matrix));
    }

    private static float[] floats(Tensor tensor) {
        Array array = Tensors.array(tensor.to(ScalarType.Float).contiguous());
        return array.floats();
    }
}
