package dev.polymath.learn;

import dev.polymath.InputException;
import dev.polymath.learn.balance.Balancer;
import dev.polymath.learn.habit.Habit;
import dev.polymath.learn.sampling.EpochPlan;
import dev.polymath.learn.torch.AdamW;
import dev.polymath.learn.torch.Parameters;
import dev.polymath.learn.torch.Precisions;
import dev.polymath.learn.torch.Schedule;
import dev.polymath.project.TrainSpec;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** One run of a trainer, from its beginning or from a checkpoint. */
final class TrainingRun implements AutoCloseable {
    /**
     * Steps between two returns of unused native memory. Batches differ in shape, so that what a step frees fits no
     * later one. Five minutes into the acceptance suite a run held 2.6 GB with this and 3.6 GB without, and growing.
     */
    private static final int TRIM_STEPS = 25;
    /** So many steps in a row without a finite gradient end the run: not one of them has changed a weight. */
    private static final int MOST_NOT_FINITE = 5;

    private final Trainer trainer;
    private final TrainSpec spec;
    private final Parameters parameters;
    private final AdamW optimizer;
    private final Checkpoint checkpoint;
    private final TrainingListener listener;
    private final EpochPlan plan;
    private final Balancer balancer;
    private final BatchGradient gradient;
    private Parameters beginning;
    private final List<Map<String, Double>> scores = new ArrayList<>();
    private long step;
    /** Steps in all, as far as the epochs so far tell. */
    private long steps;

    private Weights best;
    /** The tasks as the best weights' dev rows fitted them; null where those were not measured since the run went on. */
    private Fitted bestFitted;

    private int bestEpoch;
    private double bestMean = Double.NEGATIVE_INFINITY;
    private double seconds;
    private long tokens;
    private int notFinite;

    /** @param checkpoint null for none */
    TrainingRun(
            Trainer trainer, Parameters parameters, AdamW optimizer, Checkpoint checkpoint, TrainingListener listener) {
        this.trainer = trainer;
        this.spec = trainer.spec();
        this.parameters = parameters;
        this.optimizer = optimizer;
        this.checkpoint = checkpoint;
        this.listener = listener;
        List<Habit> habits = trainer.habits();
        this.plan = trainer.plan(habits);
        this.balancer = trainer.balancer(new Balancer.Setting(
                trainer.names(),
                task -> Probes.of(
                        trainer.network(),
                        beginning(),
                        trainer.tasks().get(task),
                        task,
                        trainer.train().get(task))));
        this.gradient = new BatchGradient(
                trainer.network(), parameters, this::beginning, trainer.tasks(), trainer.train(), balancer, habits);
    }

    /** The weights as learning began. */
    private Map<String, Tensor> beginning() {
        if (beginning == null)
            beginning = new Parameters(trainer.initial(), name -> new Parameters.Kind(1, false, true));
        return beginning.tensors();
    }

    void resume() {
        Checkpoint.State state = checkpoint.state(trainer.digest());
        checkpoint.restore(state, parameters);
        best = checkpoint.best(state, trainer.initial());
        step = state.step();
        bestEpoch = state.bestEpoch();
        bestMean = best == null ? bestMean : state.bestMean();
        seconds = state.seconds();
        tokens = state.tokens();
        scores.addAll(state.scores());
        balancer.restore(
                state.balancer().stream().mapToDouble(Double::doubleValue).toArray());
    }

    Trained finish(BooleanSupplier stop, long every) {
        // A head that is only fitted, on a backbone that stays as it is, leaves nothing to descend.
        if (trainer.learned() == 0) return result();
        long before = 0;
        int past = scores.size();
        for (int epoch = 0; epoch < past; epoch++) {
            before += plan.batches(scores.subList(0, epoch)).size();
        }
        for (int epoch = past; epoch < spec.epochs(); epoch++) {
            List<List<EpochPlan.Row>> batches = plan.batches(scores);
            double left = spec.epochs() - epoch;
            steps = Math.max(1, before + Math.round(left * batches.size()));
            if (epoch == past) listener.begin(step, steps);
            else listener.steps(steps);
            long end = Math.min(steps, before + batches.size());
            if (end == before && epoch > 0) break;
            Schedule schedule = new Schedule(spec.learningRate(), spec.warmup(), steps);
            while (step < end) {
                learn(batches.get((int) (step - before)), schedule.rate(step));
                boolean stopped = stop.getAsBoolean();
                if (stopped && step < end || step % every == 0 && step < end) save(null);
                if (stopped && step < end) throw new TrainingStopped(folder(), step);
            }
            save(measure(epoch + 1) ? best : null);
            if (stop.getAsBoolean() && step < steps) throw new TrainingStopped(folder(), step);
            before = end;
        }
        return result();
    }

    private Path folder() {
        return checkpoint == null ? null : checkpoint.folder();
    }

    private void save(Weights newBest) {
        if (checkpoint == null) return;
        double mean = bestEpoch == 0 ? 0 : bestMean;
        checkpoint.save(
                new Checkpoint.State(
                        trainer.digest(),
                        step,
                        bestEpoch,
                        mean,
                        seconds,
                        tokens,
                        scores,
                        Arrays.stream(balancer.state()).boxed().toList()),
                parameters,
                newBest);
        Trainer.reclaim();
    }

    private void learn(List<EpochPlan.Row> rows, double rate) {
        long start = System.nanoTime();
        BatchGradient.Pass pass = descend(rows, rate);
        step++;
        if (step % TRIM_STEPS == 0) Pointer.trimMemory();
        double took = (System.nanoTime() - start) / 1e9;
        long read = 0;
        for (EpochPlan.Row row : rows) {
            for (Encoding sequence : trainer.train().get(row.task()).of(row.row())) read += sequence.length();
        }
        seconds += took;
        tokens += read;
        listener.step(step, pass.loss(), read, took);
        Map<String, Double> factors = new LinkedHashMap<>();
        for (int i = 0; i < pass.factors().length; i++) {
            factors.put(trainer.names().get(pass.losses().get(i).task()), pass.factors()[i]);
        }
        listener.factors(step, factors);
    }

    private BatchGradient.Pass descend(List<EpochPlan.Row> rows, double rate) {
        try (PointerScope scope = new PointerScope()) {
            long seed = EpochPlan.mixed(spec.seed(), step, -2);
            Balancer.Step now = new Balancer.Step(step, (double) step / steps, seed);
            parameters.learnAt(now.progress());
            BatchGradient.Pass pass = gradient.gradient(rows, now);
            double norm = optimizer.step(step + 1, rate);
            requireFinite(pass.loss(), norm);
            gradient.updated(rows, now);
            return pass;
        }
    }

    private void requireFinite(double loss, double norm) {
        notFinite = Double.isFinite(loss) && Double.isFinite(norm) ? 0 : notFinite + 1;
        if (notFinite < MOST_NOT_FINITE) return;
        throw new InputException("the loss or its gradient was not a finite number in " + notFinite
                + " steps in a row, up to step " + (step + 1) + " of " + steps
                + "; try a lower learning_rate than " + spec.learningRate());
    }

    /**
     * Measures all tasks on their dev rows and keeps the weights if they are the best of those that have been learned in
     * all stages; true if they are.
     */
    private boolean measure(int epoch) {
        Fitted fitted = fitted();
        Map<String, Double> primary = new LinkedHashMap<>();
        fitted.metrics.forEach(
                (task, values) -> primary.put(task, values.values().iterator().next()));
        scores.add(primary);
        double mean = primary.values().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(epoch);
        if (Double.isNaN(mean)) mean = -Double.MAX_VALUE;
        boolean better = mean > bestMean && isWhole();
        if (better) {
            best = parameters.weights();
            bestFitted = fitted;
            bestMean = mean;
            bestEpoch = epoch;
        }
        Trainer.reclaim();
        listener.epoch(epoch, fitted.metrics, mean, better);
        return better;
    }

    /** Whether learning is past the beginning of its last stage: before that, some weights are as they were drawn. */
    private boolean isWhole() {
        double last = parameters.groups().stream()
                .mapToDouble(group -> group.kind().stage().from())
                .max()
                .orElse(0);
        return step >= last * steps;
    }

    private Trained result() {
        if (best == null) {
            best = parameters.weights();
            bestEpoch = scores.size();
        }
        parameters.set(best);
        Fitted fitted = bestFitted != null ? bestFitted : fitted();
        String precision = Precisions.name(trainer.network().compute());
        return new Trained(fitted.tasks, best, bestEpoch, fitted.metrics, seconds, tokens, precision);
    }

    /** The tasks fitted on their dev rows, and their metrics there; none for a task without a labelled one. */
    private record Fitted(List<Task> tasks, Map<String, Map<String, Double>> metrics) {}

    private Fitted fitted() {
        Map<String, Tensor> weights = parameters.tensors();
        Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
        List<Task> fitted = new ArrayList<>();
        for (int index = 0; index < trainer.tasks().size(); index++) {
            Task task = trainer.tasks().get(index);
            EncodedRows rows = trainer.dev().get(index);
            if (rows.examples().stream().anyMatch(example -> example.label() != null)) {
                RowAnswers given = RowAnswers.of(trainer.network(), weights, task, index, rows, true);
                task = given.task();
                metrics.put(task.name(), task.metrics(rows.examples(), given.answers()));
            }
            fitted.add(task);
        }
        return new Fitted(fitted, metrics);
    }

    @Override
    public void close() {
        gradient.close();
        if (beginning != null) beginning.close();
    }
}
