package dev.polymath.learn;

import dev.polymath.data.Example;
import dev.polymath.learn.sampling.EpochPlan;
import dev.polymath.learn.torch.AdamW;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Parameters;
import dev.polymath.learn.torch.Schedule;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Hidden;
import dev.polymath.task.Target;
import dev.polymath.task.Task;
import dev.polymath.text.Batching;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How hard training rows are: each row's loss under a small model that learns from the same rows. The small model is a
 * task's own head on the states of the pre-trained backbone, which stay as they are; a task on texts reads the mean over
 * tokens, whatever its pooling. Rows of a task that judges them by one another, or that have several sequences, are all as
 * hard. It costs one forward pass over the rows, without gradients, and little more.
 *
 * <p>Linear probes: G. Alain and Y. Bengio, Understanding intermediate layers using linear classifier probes, 2016,
 * arXiv:1610.01644. Loss under another model as a difficulty: G. Hacohen and D. Weinshall, On the Power of Curriculum
 * Learning in Training Deep Networks, 2019, arXiv:1904.03626.
 */
final class RowDifficulty {
    /** Tokens of a batch, padding included. */
    private static final int BATCH_TOKENS = 2048;
    /** States of a task that are kept to learn from: 200 MB at a width of 384. Rows beyond are measured only. */
    private static final long MOST_STATES = 1 << 17;
    /** Passes over a task's rows, and the least steps where it has few. */
    private static final int PASSES = 20;

    private static final int LEAST_STEPS = 200;
    private static final double RATE = 0.01;
    private static final double DECAY = 0.1;

    private final Network network;
    private final Map<String, Tensor> weights;
    private final Task task;
    private final int index;
    private final EncodedRows rows;
    private final long seed;

    private RowDifficulty(
            Network network, Map<String, Tensor> weights, Task task, int index, EncodedRows rows, long seed) {
        this.network = network;
        this.weights = weights;
        this.task = task;
        this.index = index;
        this.rows = rows;
        this.seed = seed;
    }

    /** Some rows with their states, {@code [rows, tokens, width]}, or {@code [rows, 1, width]} for a task on texts. */
    private record Batch(List<Integer> rows, Hidden<Tensor> states, Tensor values, Tensor labelled) {
        Batch narrowed(int row) {
            Hidden<Tensor> one =
                    states.with(state -> state.narrow(0, row, 1), states.mask().narrow(0, row, 1));
            return new Batch(rows.subList(row, row + 1), one, values.narrow(0, row, 1), labelled.narrow(0, row, 1));
        }
    }

    /**
     * The loss of each row of each task; NaN, which counts as the hardest, for a row without a label.
     *
     * @param initial the weights as learning begins
     */
    static double[][] of(Network network, Weights initial, List<Task> tasks, List<EncodedRows> rows, long seed) {
        double[][] difficulty = new double[tasks.size()][];
        try (PointerScope scope = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            Map<String, Tensor> weights = new LinkedHashMap<>();
            for (String name : initial.names()) weights.put(name, Tensors.of(initial.get(name)));
            for (int index = 0; index < difficulty.length; index++) {
                Task task = tasks.get(index);
                long own = EpochPlan.mixed(seed, index, -3);
                difficulty[index] = task.batchRows() > 0 || severalSequences(rows.get(index))
                        ? new double[rows.get(index).size()]
                        : new RowDifficulty(network, weights, task, index, rows.get(index), own).losses();
            }
        } finally {
            Trainer.reclaim();
        }
        return difficulty;
    }

    private static boolean severalSequences(EncodedRows rows) {
        for (int row = 0; row < rows.size(); row++) {
            if (rows.of(row).size() > 1) return true;
        }
        return false;
    }

    private double[] losses() {
        double[] losses = new double[rows.size()];
        List<List<Integer>> groups = new ArrayList<>(Batching.byLength(rows.lengths(), BATCH_TOKENS));
        Collections.shuffle(groups, new Random(seed));
        Weights fresh = task.initial(network.backbone().width(), new SplittableRandom(seed));
        try (PointerScope scope = new PointerScope();
                Parameters head = new Parameters(fresh, name -> kind(fresh, name))) {
            List<Batch> kept = new ArrayList<>();
            int next = 0;
            for (long states = 0; next < groups.size() && states < MOST_STATES; next++) {
                Batch batch = batch(groups.get(next), scope);
                kept.add(batch);
                states += batch.states.mask().numel();
            }
            learn(head, kept);
            for (Batch batch : kept) measure(head, batch, losses);
            for (; next < groups.size(); next++) {
                try (PointerScope local = new PointerScope()) {
                    measure(head, batch(groups.get(next), local), losses);
                }
            }
        }
        return losses;
    }

    private Parameters.Kind kind(Weights fresh, String name) {
        if (!task.learns(name)) return null;
        return new Parameters.Kind(1, fresh.get(name).shape().length > 1, false);
    }

    /** @param scope that its tensors live as long as */
    private Batch batch(List<Integer> members, PointerScope scope) {
        List<Encoding> encodings =
                members.stream().map(row -> rows.of(row).get(0)).toList();
        List<Example> examples = members.stream().map(rows.examples()::get).toList();
        try (PointerScope local = new PointerScope()) {
            int[] tasks = new int[members.size()];
            Arrays.fill(tasks, index);
            Hidden<Tensor> hidden = network.hidden(
                    weights, encodings, tasks, task.reading(network.backbone().layers()));
            Target target = task.target(examples, encodings, (int) hidden.mask().size(1));
            Hidden<Tensor> states = states(hidden);
            Batch batch = new Batch(members, states, Tensors.of(target.values()), Tensors.of(target.weights()));
            states.all().forEach(scope::attach);
            scope.attach(batch.values);
            scope.attach(batch.labelled);
            return batch;
        }
    }

    private Hidden<Tensor> states(Hidden<Tensor> hidden) {
        TorchOps ops = new TorchOps(weights, ScalarType.Float, false);
        if (task.head(ops, hidden).dim() > 2) return hidden;
        Tensor mask = ops.reshape(ops.toFloat(hidden.mask()), 0, 0, 1);
        return hidden.with(state -> mean(ops, state, mask), hidden.mask().narrow(1, 0, 1));
    }

    /** One token in place of all: {@code [rows, 1, width]}, or {@code [rows, 1]} of what tokens attend to themselves. */
    private static Tensor mean(TorchOps ops, Tensor state, Tensor mask) {
        boolean numbers = state.dim() == 2;
        Tensor each = numbers ? ops.reshape(state, 0, 0, 1) : state;
        Tensor sum = ops.sum(ops.multiply(each, mask), 1, false);
        Tensor mean = ops.divide(sum, ops.sum(mask, 1, false));
        return numbers ? mean : ops.reshape(mean, 0, 1, -1);
    }

    private void learn(Parameters head, List<Batch> batches) {
        int passes = Math.max(PASSES, (LEAST_STEPS + batches.size() - 1) / batches.size());
        Schedule schedule = new Schedule(RATE, 0, (long) passes * batches.size());
        List<Batch> order = new ArrayList<>(batches);
        Random random = new Random(seed);
        try (AutoGradMode on = new AutoGradMode(true);
                AdamW optimizer = new AdamW(head, DECAY, 1)) {
            long step = 0;
            for (int pass = 0; pass < passes; pass++) {
                Collections.shuffle(order, random);
                for (Batch batch : order) {
                    try (PointerScope local = new PointerScope()) {
                        loss(head, batch).backward();
                        optimizer.step(step + 1, schedule.rate(step));
                    }
                    step++;
                }
            }
        }
    }

    /** One by one, since a task's loss is a mean over rows as the task sees fit. */
    private void measure(Parameters head, Batch batch, double[] losses) {
        for (int i = 0; i < batch.rows.size(); i++) {
            try (PointerScope local = new PointerScope()) {
                Batch one = batch.narrowed(i);
                boolean labelled = one.labelled.sum().item_double() > 0;
                losses[batch.rows.get(i)] = labelled ? loss(head, one).item_double() : Double.NaN;
            }
        }
    }

    private Tensor loss(Parameters head, Batch batch) {
        TorchOps ops = new TorchOps(head.tensors(), ScalarType.Float, false);
        return task.loss(ops, task.head(ops, batch.states), batch.values, batch.labelled);
    }
}
