package dev.polymath.learn;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.project.PartSpec;
import dev.polymath.project.TrainSpec;
import dev.polymath.sharing.Sharing;
import dev.polymath.sharing.SharingParts;
import dev.polymath.task.Answer;
import dev.polymath.task.Target;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Learns one model for all tasks: each step reads a batch in which rows of several tasks are mixed, runs the shared
 * backbone once over all of them and each task's head over its own rows, and descends the balanced loss. After each
 * epoch all tasks are measured on their dev rows, and the weights with the best mean of primary metrics are kept.
 *
 * <p>The same seed gives the same weights on one machine, also where a run was stopped and resumed.
 */
public final class Trainer {
    /** Steps between two checkpoints within an epoch: about every four minutes at 4096 tokens a step. */
    private static final int CHECKPOINT_STEPS = 500;
    /**
     * Steps between two returns of unused native memory. Batches differ in shape, so that what a step frees fits no
     * later one. Five minutes into the acceptance suite a run held 2.6 GB with this and 3.6 GB without, and growing.
     */
    private static final int TRIM_STEPS = 25;
    /** So many steps in a row without a finite gradient end the run: not one of them has changed a weight. */
    private static final int MOST_NOT_FINITE = 5;

    private final List<TaskRows> tasks;
    private final TrainSpec spec;
    private final Network network;
    private final Weights initial;
    private final Balancer balancer;
    private final List<EncodedRows> train = new ArrayList<>();
    private final List<EncodedRows> dev = new ArrayList<>();
    private final EpochPlan plan;
    private final String settings;

    /**
     * @param backbone with the dropout to learn with
     * @param weights the backbone's, as learning begins
     * @param tokenizer used by this constructor alone
     * @throws dev.polymath.InputException if a part is unknown or a knob of it is out of range
     */
    public Trainer(
            Backbone backbone,
            Weights weights,
            Tokenizer tokenizer,
            List<TaskRows> tasks,
            PartSpec sharing,
            PartSpec balance,
            PartSpec sampling,
            TrainSpec spec) {
        this.tasks = List.copyOf(tasks);
        this.spec = spec;
        Sharing part = SharingParts.of(sharing);
        ScalarType compute = Precisions.type(spec.precision());
        this.network = new Network(backbone, part, tokenizer.padId(), compute);
        this.balancer = Balancers.of(balance);
        SplittableRandom random = new SplittableRandom(spec.seed());
        Weights all = weights.with(part.initial(backbone, random.split()));
        for (TaskRows task : tasks) all = all.with(task.task().initial(backbone.width(), random.split()));
        this.initial = all;
        int most = Math.min(spec.maxTokens(), backbone.maxTokens());
        for (TaskRows task : tasks) {
            train.add(EncodedRows.of(task.task(), task.train(), tokenizer, most));
            dev.add(EncodedRows.of(task.task(), task.dev(), tokenizer, most));
        }
        int[][] lengths = train.stream().map(EncodedRows::lengths).toArray(int[][]::new);
        this.plan = new EpochPlan(lengths, Samplers.of(sampling), spec.batchTokens(), spec.seed());
        RunDigest digest = new RunDigest();
        digest.add(spec).add(Precisions.name(network.compute())).add(backbone.type());
        digest.add(sharing).add(balance).add(sampling);
        for (int i = 0; i < tasks.size(); i++) {
            digest.add(tasks.get(i).task()).add(train.get(i)).add(dev.get(i));
        }
        this.settings = digest.of(initial);
    }

    /** All weights as learning begins. */
    public Weights initial() {
        return initial;
    }

    /**
     * Learns from the beginning, or from a checkpoint.
     *
     * @param checkpoint the folder for checkpoints, or null for none; deleted by {@link #forget} alone
     * @param resume whether to go on from the checkpoint that is there
     * @param stop asked after each step and each epoch; once true, a checkpoint is written
     * @throws TrainingStopped once it was asked to stop
     * @throws dev.polymath.InputException if there is no checkpoint to resume from, or one of another run; or if learning
     *     diverges: several steps in a row without a finite loss and gradient
     */
    public Trained train(Path checkpoint, boolean resume, TrainingListener listener, BooleanSupplier stop) {
        return train(checkpoint, resume, listener, stop, CHECKPOINT_STEPS);
    }

    /** @param every steps between two checkpoints within an epoch */
    Trained train(Path checkpoint, boolean resume, TrainingListener listener, BooleanSupplier stop, long every) {
        if (resume && checkpoint == null) throw new IllegalArgumentException("no folder to resume from");
        // Of this thread alone, Java's own arithmetic included; hence undone at the end.
        Context.setFlushDenormal(true);
        try (Parameters parameters = new Parameters(initial, this::kind);
                AdamW optimizer = new AdamW(parameters, spec.weightDecay(), spec.clip())) {
            Run run = new Run(parameters, optimizer, checkpoint == null ? null : new Checkpoint(checkpoint), listener);
            if (resume) run.resume();
            return run.finish(stop, every);
        } finally {
            Context.setFlushDenormal(false);
            reclaim();
        }
    }

    /** Copies of all weights lie outside the Java heap, and only a collection frees those that are done with. */
    private static void reclaim() {
        System.gc();
        Pointer.trimMemory();
    }

    /** Deletes a checkpoint that is not needed any more. */
    public static void forget(Path checkpoint) {
        new Checkpoint(checkpoint).delete();
    }

    /** Whether a folder holds a checkpoint. */
    public static boolean hasCheckpoint(Path checkpoint) {
        return new Checkpoint(checkpoint).exists();
    }

    private Parameters.Kind kind(String name) {
        boolean head = name.startsWith("heads.");
        double rate = head ? spec.headLearningRate() / spec.learningRate() : 1;
        return new Parameters.Kind(rate, initial.get(name).shape().length > 1);
    }

    /** One run of training, from its beginning or from a checkpoint. */
    private final class Run {
        private final Parameters parameters;
        private final AdamW optimizer;
        private final Checkpoint checkpoint;
        private final TrainingListener listener;
        private final long steps;
        private final Schedule schedule;
        private long step;
        private Weights best;
        private int bestEpoch;
        private double bestMean = Double.NEGATIVE_INFINITY;
        private double seconds;
        private long tokens;
        private int notFinite;

        Run(Parameters parameters, AdamW optimizer, Checkpoint checkpoint, TrainingListener listener) {
            this.parameters = parameters;
            this.optimizer = optimizer;
            this.checkpoint = checkpoint;
            this.listener = listener;
            this.steps = steps();
            this.schedule = new Schedule(spec.learningRate(), spec.warmup(), steps);
        }

        void resume() {
            Checkpoint.State state = checkpoint.state(settings);
            checkpoint.restore(state, parameters);
            best = checkpoint.best(state, initial);
            step = state.step();
            bestEpoch = state.bestEpoch();
            bestMean = best == null ? bestMean : state.bestMean();
            seconds = state.seconds();
            tokens = state.tokens();
        }

        Trained finish(BooleanSupplier stop, long every) {
            listener.begin(step, steps);
            long before = 0;
            for (int epoch = 0; before < steps; epoch++) {
                List<List<EpochPlan.Row>> batches = plan.batches(epoch);
                long end = Math.min(steps, before + batches.size());
                if (step < end) {
                    while (step < end) {
                        learn(batches.get((int) (step - before)));
                        boolean stopped = stop.getAsBoolean();
                        if (stopped && step < end || step % every == 0 && step < end) save(null);
                        if (stopped && step < end) throw new TrainingStopped(folder(), step);
                    }
                    save(measure(epoch + 1) ? best : null);
                    if (stop.getAsBoolean() && step < steps) throw new TrainingStopped(folder(), step);
                }
                before = end;
            }
            return result();
        }

        private long steps() {
            long all = 0;
            int whole = (int) Math.floor(spec.epochs());
            for (int epoch = 0; epoch < whole; epoch++)
                all += plan.batches(epoch).size();
            double part = spec.epochs() - whole;
            return Math.max(
                    1,
                    all + Math.round(part == 0 ? 0 : part * plan.batches(whole).size()));
        }

        private Path folder() {
            return checkpoint == null ? null : checkpoint.folder();
        }

        private void save(Weights newBest) {
            if (checkpoint == null) return;
            double mean = bestEpoch == 0 ? 0 : bestMean;
            checkpoint.save(
                    new Checkpoint.State(settings, step, bestEpoch, mean, seconds, tokens), parameters, newBest);
            reclaim();
        }

        private void learn(List<EpochPlan.Row> rows) {
            long start = System.nanoTime();
            double loss = descend(rows);
            step++;
            if (step % TRIM_STEPS == 0) Pointer.trimMemory();
            double took = (System.nanoTime() - start) / 1e9;
            long read = 0;
            for (EpochPlan.Row row : rows) {
                read += train.get(row.task()).encodings().get(row.row()).length();
            }
            seconds += took;
            tokens += read;
            listener.step(step, loss, read, took);
        }

        private double descend(List<EpochPlan.Row> rows) {
            try (PointerScope scope = new PointerScope()) {
                torch.manual_seed(EpochPlan.mixed(spec.seed(), step, -2));
                List<Encoding> encodings = new ArrayList<>();
                int[] taskOfRow = new int[rows.size()];
                for (int i = 0; i < taskOfRow.length; i++) {
                    EpochPlan.Row row = rows.get(i);
                    encodings.add(train.get(row.task()).encodings().get(row.row()));
                    taskOfRow[i] = row.task();
                }
                Hidden<Tensor> hidden = network.hidden(parameters.tensors(), encodings, taskOfRow, true);
                Tensor loss = balancer.combine(losses(rows, encodings, hidden));
                loss.backward();
                double norm = optimizer.step(step + 1, schedule.rate(step));
                double value = loss.item_double();
                requireFinite(value, norm);
                return value;
            }
        }

        private void requireFinite(double loss, double norm) {
            notFinite = Double.isFinite(loss) && Double.isFinite(norm) ? 0 : notFinite + 1;
            if (notFinite < MOST_NOT_FINITE) return;
            throw new InputException("the loss or its gradient was not a finite number in " + notFinite
                    + " steps in a row, up to step " + (step + 1) + " of " + steps
                    + "; try a lower learning_rate than " + spec.learningRate());
        }

        private List<Balancer.TaskLoss> losses(
                List<EpochPlan.Row> rows, List<Encoding> encodings, Hidden<Tensor> hidden) {
            TorchOps ops = new TorchOps(parameters.tensors(), ScalarType.Float, true);
            int width = (int) hidden.mask().size(1);
            List<Balancer.TaskLoss> losses = new ArrayList<>();
            for (int from = 0; from < rows.size(); ) {
                int index = rows.get(from).task();
                int to = from;
                List<Example> examples = new ArrayList<>();
                for (; to < rows.size() && rows.get(to).task() == index; to++) {
                    examples.add(train.get(index).examples().get(rows.get(to).row()));
                }
                long count = to - from;
                Task task = tasks.get(index).task();
                Hidden<Tensor> own = new Hidden<>(
                        List.of(hidden.last().narrow(0, from, count)),
                        hidden.mask().narrow(0, from, count));
                Target target = task.target(examples, encodings.subList(from, to), width);
                Tensor loss =
                        task.loss(ops, task.head(ops, own), Tensors.of(target.values()), Tensors.of(target.weights()));
                losses.add(new Balancer.TaskLoss(index, (double) count / rows.size(), loss));
                from = to;
            }
            return losses;
        }

        /** Measures all tasks on their dev rows and keeps the weights if they are the best; true if they are. */
        private boolean measure(int epoch) {
            Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
            calibrated(parameters.tensors(), metrics);
            double mean = metrics.values().stream()
                    .mapToDouble(task -> task.values().iterator().next())
                    .average()
                    .orElse(epoch);
            if (Double.isNaN(mean)) mean = -Double.MAX_VALUE;
            boolean better = mean > bestMean;
            if (better) {
                best = parameters.weights();
                bestMean = mean;
                bestEpoch = epoch;
            }
            reclaim();
            listener.epoch(epoch, metrics, mean, better);
            return better;
        }

        private Trained result() {
            parameters.set(best);
            Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
            List<Task> fitted = calibrated(parameters.tensors(), metrics);
            return new Trained(fitted, best, bestEpoch, metrics, seconds, tokens, Precisions.name(network.compute()));
        }

        /** The tasks fitted on their dev rows, and their metrics there; none for a task without a labelled one. */
        private List<Task> calibrated(Map<String, Tensor> weights, Map<String, Map<String, Double>> metrics) {
            List<Task> fitted = new ArrayList<>();
            for (int index = 0; index < tasks.size(); index++) {
                Task task = tasks.get(index).task();
                EncodedRows rows = dev.get(index);
                if (rows.examples().stream().anyMatch(example -> example.label() != null)) {
                    List<float[]> outputs = network.outputs(weights, task, index, rows.encodings());
                    task = task.calibrated(rows.examples(), outputs);
                    List<Answer> answers = new ArrayList<>();
                    for (int i = 0; i < rows.size(); i++) {
                        answers.add(task.decode(
                                outputs.get(i),
                                rows.encodings().get(i),
                                rows.examples().get(i)));
                    }
                    metrics.put(task.name(), task.metrics(rows.examples(), answers));
                }
                fitted.add(task);
            }
            return fitted;
        }
    }
}
