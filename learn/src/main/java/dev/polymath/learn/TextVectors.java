package dev.polymath.learn;

import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Hidden;
import dev.polymath.model.Reading;
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
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The vectors that a task's training texts have before the first step, for parts of its head that are fitted on them: each text
 * once, up to {@value #MOST_TEXTS} of them at even distances.
 */
final class TextVectors {
    /** A covariance of a thousand dimensions has settled by then. */
    private static final int MOST_TEXTS = 10_000;

    private final Network network;
    private final int index;
    private final List<Encoding> texts;

    /**
     * @param index of the task among those that the network passes
     * @param rows its training rows
     */
    TextVectors(Network network, int index, EncodedRows rows) {
        this.network = network;
        this.index = index;
        List<Encoding> all = rows.all();
        int count = Math.min(MOST_TEXTS, all.size());
        this.texts = new ArrayList<>();
        for (int i = 0; i < count; i++) texts.add(all.get((int) ((long) i * all.size() / count)));
    }

    /** From states to vectors, {@code [rows, width]}. */
    interface Pooled {
        Tensor of(TorchOps ops, Hidden<Tensor> hidden);
    }

    /** What is made of the vectors, while they are there. */
    interface Fit {
        Weights of(Tensor vectors);
    }

    /**
     * All weights, with those that were fitted.
     *
     * @param reading what {@code pooled} reads
     * @param fit of {@code [texts, width]}, in {@code double}; in no order that is known
     */
    Weights fitted(Weights all, Reading reading, Pooled pooled, Fit fit) {
        try (PointerScope scope = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            Map<String, Tensor> weights = new HashMap<>();
            for (String name : all.names()) weights.put(name, Tensors.of(all.get(name)));
            return all.with(fit.of(vectors(weights, reading, pooled).to(ScalarType.Double)));
        } finally {
            Trainer.reclaim();
        }
    }

    private Tensor vectors(Map<String, Tensor> weights, Reading reading, Pooled pooled) {
        int[] lengths = texts.stream().mapToInt(Encoding::length).toArray();
        TorchOps ops = new TorchOps(weights, ScalarType.Float, false);
        List<Tensor> parts = new ArrayList<>();
        for (List<Integer> batch : Batching.byLength(lengths, Network.BATCH_TOKENS)) {
            int[] ofTask = new int[batch.size()];
            Arrays.fill(ofTask, index);
            List<Encoding> some = batch.stream().map(texts::get).toList();
            try (PointerScope pass = new PointerScope()) {
                Tensor vectors = pooled.of(ops, network.hidden(weights, some, ofTask, reading));
                vectors.retainReference();
                parts.add(vectors);
            }
        }
        Tensor all = ops.concat(0, parts);
        parts.forEach(Tensor::releaseReference);
        return all;
    }

    static float[] floats(Tensor tensor) {
        Array array = Tensors.array(tensor.to(ScalarType.Float).contiguous());
        return array.floats();
    }
}
