package dev.polymath.learn.torch;

import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.model.Inputs;
import dev.polymath.model.Reading;
import dev.polymath.model.Sites;
import dev.polymath.sharing.Learning;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Interacting;
import dev.polymath.task.Task;
import dev.polymath.task.TextComparison;
import dev.polymath.text.Batching;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.weights.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A backbone with its sharing parts, run on libtorch. Hidden states are computed in {@code compute}; heads and losses
 * read them in F32.
 *
 * @param tasks names of the tasks, which rows name by their positions
 * @param groups the tasks by how they share the backbone
 * @param padId the token id that fills up short rows
 * @param compute Float or BFloat16
 */
public record Network(Backbone backbone, List<String> tasks, List<SharingGroup> groups, int padId, ScalarType compute) {
    /**
     * Tokens of a batch where no gradients are kept. Few, since all that a pass makes stays until it is done, and a part may have a
     * state for each task: with 8,192 tokens and twelve tasks {@code fusion} took 8 GB.
     */
    public static final int BATCH_TOKENS = 1024;

    /**
     * What a pass gave.
     *
     * @param hidden what is read of a batch as F32, with its mask
     * @param penalty what the sharing parts add to the loss when learning, a scalar, or null; each group's by its share of
     *     the rows
     */
    public record Pass(Hidden<Tensor> hidden, Tensor penalty) {}

    /** The last hidden states of a batch as F32, with its mask; nothing is dropped. */
    public Hidden<Tensor> hidden(Map<String, Tensor> weights, List<Encoding> encodings, int[] tasks) {
        return hidden(weights, encodings, tasks, Reading.of(backbone.layers()));
    }

    /** What is read of a batch as F32, with its mask; nothing is dropped. */
    public Hidden<Tensor> hidden(Map<String, Tensor> weights, List<Encoding> encodings, int[] tasks, Reading reading) {
        return pass(weights, encodings, tasks, reading, null, UnaryOperator.identity())
                .hidden();
    }

    /** As below, reading the last layer's states. */
    public Pass pass(
            Map<String, Tensor> weights,
            List<Encoding> encodings,
            int[] tasks,
            Learning learning,
            UnaryOperator<Sites<Tensor>> around) {
        return pass(weights, encodings, tasks, Reading.of(backbone.layers()), learning, around);
    }

    /**
     * Passes a batch through the backbone. Rows whose tasks share in the same way pass it together.
     *
     * @param tasks each row's
     * @param reading what is read of it, by all its tasks
     * @param learning where in a run this is, so that dropout drops and there are penalties; null where nothing is learned
     * @param around what goes around the sharing parts at the sites
     */
    public Pass pass(
            Map<String, Tensor> weights,
            List<Encoding> encodings,
            int[] tasks,
            Reading reading,
            Learning learning,
            UnaryOperator<Sites<Tensor>> around) {
        TokenBatch batch = TokenBatch.of(encodings, padId);
        TorchOps ops = new TorchOps(weights, compute, learning != null);
        Inputs<Tensor> inputs =
                new Inputs<>(Tensors.of(batch.ids()), Tensors.of(batch.mask()), Tensors.of(batch.types()));
        List<Hidden<Tensor>> parts = new ArrayList<>();
        List<Long> order = new ArrayList<>();
        Tensor penalty = null;
        for (SharingGroup group : groups) {
            long[] rows = LongStream.range(0, tasks.length)
                    .filter(row -> position(group, tasks[(int) row]) >= 0)
                    .toArray();
            if (rows.length == 0) continue;
            long[] positions = Arrays.stream(rows)
                    .map(row -> position(group, tasks[(int) row]))
                    .toArray();
            Sites<Tensor> sites = around.apply(group.sites(backbone, Tensors.of(Array.of(positions)), learning));
            Inputs<Tensor> own = rows.length == tasks.length ? inputs : some(inputs, rows);
            parts.add(backbone.hidden(ops, own, sites, reading).with(ops::toFloat, own.mask()));
            Arrays.stream(rows).forEach(order::add);
            Tensor added = learning != null ? sites.penalty(ops) : null;
            if (added == null) continue;
            added = added.mul(new Scalar((double) rows.length / tasks.length));
            penalty = penalty == null ? added : penalty.add(added);
        }
        if (parts.size() == 1) return new Pass(parts.get(0), penalty);
        long[] back = new long[tasks.length];
        for (int at = 0; at < back.length; at++) back[order.get(at).intValue()] = at;
        return new Pass(joined(ops, parts, Tensors.of(Array.of(back)), inputs.mask()), penalty);
    }

    /** Rows of several passes, in the order of the batch. */
    private static Hidden<Tensor> joined(TorchOps ops, List<Hidden<Tensor>> parts, Tensor back, Tensor mask) {
        int states = parts.get(0).layers().size();
        List<Tensor> joined = new ArrayList<>();
        for (int i = 0; i < parts.get(0).all().size() - 1; i++) {
            int at = i;
            List<Tensor> each = parts.stream().map(part -> part.all().get(at)).toList();
            joined.add(ops.gather(ops.concat(0, each), back));
        }
        return new Hidden<>(joined.subList(0, states), mask, joined.subList(states, joined.size()));
    }

    private int position(SharingGroup group, int task) {
        return group.tasks().indexOf(tasks.get(task));
    }

    private static Inputs<Tensor> some(Inputs<Tensor> inputs, long[] rows) {
        Tensor index = Tensors.of(Array.of(rows));
        return new Inputs<>(
                inputs.ids().index_select(0, index),
                inputs.mask().index_select(0, index),
                inputs.types().index_select(0, index));
    }

    /** What compares queries with passages whose encodings are known, by a task that reads each by itself. */
    public TextComparison comparison(
            Map<String, Tensor> weights, Interacting task, int index, Map<String, Encoding> known, long mostFloats) {
        int width = backbone.width();
        TextComparison.Reader reader = new TextComparison.Reader() {
            @Override
            public List<float[]> read(List<String> texts) {
                List<Encoding> encodings = texts.stream().map(known::get).toList();
                List<float[]> outputs = outputs(weights, task, index, encodings);
                for (int i = 0; i < texts.size(); i++) {
                    int items = task.interaction().vectors() + encodings.get(i).length();
                    outputs.set(
                            i,
                            Arrays.copyOf(
                                    outputs.get(i), items * task.interaction().size(width)));
                }
                return outputs;
            }

            @Override
            public float[] scores(float[] query, List<float[]> passages) {
                try (PointerScope scope = new PointerScope();
                        AutoGradMode off = new AutoGradMode(false)) {
                    return Comparison.scores(weights, task, width, query, passages);
                }
            }
        };
        return new TextComparison(task, reader, width, mostFloats);
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
                Hidden<Tensor> hidden = hidden(weights, batch, tasks, task.reading(backbone.layers()));
                Tensor output = task.head(new TorchOps(weights, ScalarType.Float, false), hidden);
                float[] values = Tensors.array(output).floats();
                int size = values.length / rows.size();
                for (int i = 0; i < rows.size(); i++) {
                    outputs[rows.get(i)] = task.served(Arrays.copyOfRange(values, i * size, (i + 1) * size));
                }
            }
        }
        return new ArrayList<>(Arrays.asList(outputs));
    }
}
