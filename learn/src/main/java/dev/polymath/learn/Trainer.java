package dev.polymath.learn;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.learn.balance.Balancer;
import dev.polymath.learn.balance.Balancers;
import dev.polymath.learn.habit.Habit;
import dev.polymath.learn.habit.Habits;
import dev.polymath.learn.sampling.EpochPlan;
import dev.polymath.learn.sampling.Sampler;
import dev.polymath.learn.sampling.Samplers;
import dev.polymath.learn.torch.AdamW;
import dev.polymath.learn.torch.Device;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Parameters;
import dev.polymath.learn.torch.Precisions;
import dev.polymath.model.Backbone;
import dev.polymath.model.Pretrained;
import dev.polymath.project.Dataset;
import dev.polymath.project.Parts;
import dev.polymath.project.Project;
import dev.polymath.project.TrainSpec;
import dev.polymath.run.ModelFolder;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.sharing.Stage;
import dev.polymath.sharing.Start;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Context;

/**
 * Learns one model for all tasks: each step reads a batch in which rows of several tasks are mixed, runs the shared
 * backbone over them and each task's head over its own rows, and descends the balanced loss. After each epoch all tasks
 * are measured on their dev rows, and the weights with the best mean of primary metrics are kept.
 *
 * <p>The same seed gives the same weights on one machine, also where a run was stopped and resumed.
 */
public final class Trainer {
    /** Steps between two checkpoints within an epoch: about every four minutes at 4096 tokens a step. */
    private static final int CHECKPOINT_STEPS = 500;

    private final Pretrained pretrained;
    private final List<TaskRows> tasks;
    private final TrainSpec spec;
    private final List<SharingGroup> groups;
    private final boolean freezes;
    private final Set<String> fixed;
    private final Network network;
    private final Weights initial;
    private final Balancer.Kind balance;
    private final List<Habit.Kind> habits;
    private final Sampler sampler;
    private final List<EncodedRows> train = new ArrayList<>();
    private final List<EncodedRows> dev = new ArrayList<>();
    private final String settings;

    /**
     * @param pretrained the backbone, with the dropout to learn with
     * @throws dev.polymath.InputException if a part is unknown or a knob of it is out of range
     */
    public Trainer(Pretrained pretrained, List<TaskRows> tasks, Parts parts, TrainSpec spec) {
        this(pretrained, tasks, parts, spec, List.of(), Weights.empty(), null);
    }

    /**
     * A trainer for tasks that come to others, of whom nothing is changed.
     *
     * @param pretrained the model's backbone, with the dropout to learn with
     * @param there the groups of the model's tasks; none for a new model
     * @param fixed what those groups share
     * @param beginnings what some tasks begin from; null for nothing
     */
    private Trainer(
            Pretrained pretrained,
            List<TaskRows> tasks,
            Parts parts,
            TrainSpec spec,
            List<SharingGroup> there,
            Weights fixed,
            Beginnings beginnings) {
        this.pretrained = pretrained;
        this.tasks = tasks.stream().map(task -> task.cut(spec.maxRows())).toList();
        this.spec = spec;
        Backbone backbone = pretrained.backbone();
        List<String> names = this.tasks.stream().map(task -> task.task().name()).toList();
        this.groups = SharingGroup.coming(there, parts.sharing().of(names));
        requireTogether(parts, names);
        for (TaskRows task : this.tasks) task.task().check(backbone);
        this.freezes = !there.isEmpty() || freezes(groups, spec.backbone());
        this.fixed = fixed.names();
        this.balance = Balancers.of(parts.balance());
        this.habits = Habits.of(parts.habits());
        this.sampler = Samplers.of(parts.sampling()).create();
        try (Tokenizer tokenizer = new Tokenizer(pretrained.tokenizer())) {
            this.network = new Network(backbone, names, groups, tokenizer.padId(), Precisions.type(spec.precision()));
            for (TaskRows task : this.tasks) {
                int most = mostTokens(task.task().name());
                train.add(EncodedRows.of(task.task(), task.train(), tokenizer, most));
                dev.add(EncodedRows.measured(task.task(), task.dev(), tokenizer, most));
            }
        }
        SplittableRandom random = new SplittableRandom(spec.seed());
        Weights all = pretrained.weights();
        SplittableRandom ofGroups = random.split();
        ContextComponents components = new ContextComponents(pretrained, names, train, network.padId());
        for (SharingGroup group : groups) {
            Start start = new Start(backbone, pretrained.weights(), group.tasks(), components.of(group));
            all = all.with(group.initial(start, ofGroups.split())).with(group.shared(fixed));
        }
        for (TaskRows task : this.tasks) all = all.with(task.task().initial(backbone.width(), random.split()));
        for (int i = 0; i < this.tasks.size(); i++) {
            TextVectors texts = new TextVectors(network, i, train.get(i));
            all = WhitenedHeads.of(all, network, this.tasks.get(i).task(), texts);
            all = NestedHeads.of(all, network, this.tasks.get(i).task(), texts);
        }
        this.initial = beginnings == null ? all : beginnings.over(all, groups);
        RunDigest digest = new RunDigest();
        digest.add(spec).add(computed()).add(backbone.type()).add(parts);
        groups.forEach(digest::add);
        for (int i = 0; i < this.tasks.size(); i++) {
            digest.add(this.tasks.get(i).task()).add(train.get(i)).add(dev.get(i));
        }
        this.settings = digest.of(initial);
    }

    /** A trainer for a project's tasks, or for those that the data set has. */
    public static Trainer of(Project project, Dataset dataset) {
        Pretrained pretrained =
                Pretrained.open(project.backbone(), project.train().dropout());
        return new Trainer(pretrained, rows(dataset), project.parts(), project.train());
    }

    /**
     * A trainer for tasks that a model shall have beside its own: all that is there stays as it is. Texts are cut as the
     * model cuts them.
     *
     * @throws dev.polymath.InputException if the project says of a task that it shares in another way than what it begins
     *     from does
     */
    public static Trainer onto(ModelFolder model, Project project, Dataset dataset, Beginnings beginnings) {
        Pretrained pretrained =
                Pretrained.open(model.path().toString(), project.train().dropout());
        TrainSpec spec = project.train().withMaxTokens(model.maxTokens());
        Parts parts = beginnings.in(project).parts();
        return new Trainer(pretrained, rows(dataset), parts, spec, model.groups(), model.shared(), beginnings);
    }

    private static List<TaskRows> rows(Dataset dataset) {
        return dataset.tasks().values().stream()
                .map(data -> new TaskRows(data.task(), data.train(), data.dev()))
                .toList();
    }

    /** What numbers are computed in, and on what where that is not the processor: both show in the last bits. */
    private String computed() {
        String precision = Precisions.name(network.compute());
        return Device.current() == Device.CPU ? precision : precision + " on " + Device.current();
    }

    /** All weights as learning begins. */
    public Weights initial() {
        return initial;
    }

    /** The tasks by how they share the backbone. */
    public List<SharingGroup> groups() {
        return groups;
    }

    /** How many numbers are learned. */
    public long learned() {
        return initial.filter(name -> kind(name) != null).parameters();
    }

    /** How many of the learned numbers a model keeps: not those that are there for learning alone. */
    public long kept() {
        return kept(initial).filter(name -> kind(name) != null).parameters();
    }

    /** Weights without those that are there for learning alone. */
    public Weights kept(Weights all) {
        return all.filter(name -> groups.stream().allMatch(group -> group.serves(name)));
    }

    /** How many of the numbers are a task's alone: its head, and its own weights in its sharing part. */
    public long own(String task) {
        long own =
                initial.filter(name -> name.startsWith("heads." + task + ".")).parameters();
        for (SharingGroup group : groups) {
            if (group.tasks().contains(task)) own += group.own(initial, task).parameters();
        }
        return own;
    }

    public Pretrained pretrained() {
        return pretrained;
    }

    /** The longest text it reads, in tokens. */
    public int mostTokens() {
        return Math.min(spec.maxTokens(), pretrained.backbone().maxTokens());
    }

    /** The longest text of a task: shorter than others where its sharing part puts tokens before it. */
    private int mostTokens(String task) {
        int most = mostTokens();
        for (SharingGroup group : groups) {
            if (group.tasks().contains(task)) most = Math.min(most, group.maxTokens(pretrained.backbone()));
        }
        return most;
    }

    /** A digest of everything that what is learned depends on, but for the program itself. */
    public String digest() {
        return settings;
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
        Device.current().require();
        // Of this thread alone, Java's own arithmetic included; hence undone at the end.
        Context.setFlushDenormal(true);
        try (Parameters parameters = new Parameters(initial, this::kind);
                AdamW optimizer = new AdamW(parameters, spec.weightDecay(), spec.clip());
                TrainingRun run = new TrainingRun(
                        this,
                        parameters,
                        optimizer,
                        checkpoint == null ? null : new Checkpoint(checkpoint),
                        listener)) {
            if (resume) run.resume();
            return run.finish(stop, every);
        } finally {
            Context.setFlushDenormal(false);
            reclaim();
        }
    }

    /** Answers to a task's rows by what was learned, without a model folder. */
    public List<Answer> answers(Trained trained, String task, List<Example> examples) {
        int index = trained.tasks().stream().map(Task::name).toList().indexOf(task);
        try (Tokenizer tokenizer = new Tokenizer(pretrained.tokenizer());
                Parameters parameters = new Parameters(trained.weights(), this::kind)) {
            Task fitted = trained.tasks().get(index);
            EncodedRows rows = EncodedRows.measured(fitted, examples, tokenizer, mostTokens(task));
            return RowAnswers.of(network, parameters.tensors(), fitted, index, rows, false)
                    .answers();
        }
    }

    /** Copies of all weights lie outside the Java heap, and only a collection frees those that are done with. */
    static void reclaim() {
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

    /**
     * Checks that habits which look at a whole pass find all rows of a batch in one.
     *
     * @throws dev.polymath.InputException if not
     */
    static void requireTogether(Parts parts, Collection<String> tasks) {
        boolean whole = parts.habits().stream().anyMatch(habit -> habit.type().equals("feedback-alignment"));
        if (whole && SharingGroup.of(parts.sharing().of(tasks)).size() > 1) {
            throw new InputException("feedback-alignment works where all tasks share the backbone in one way");
        }
    }

    private static boolean freezes(List<SharingGroup> groups, TrainSpec.Learns backbone) {
        return switch (backbone) {
            case AUTO -> groups.stream().allMatch(group -> group.part().freezesBackbone());
            case TRAINED -> false;
            case FROZEN -> true;
        };
    }

    /** How a weight is learned; null if it is not. */
    Parameters.Kind kind(String name) {
        if (fixed.contains(name)) return null;
        int axes = initial.get(name).shape().length;
        if (name.startsWith("heads.") && tasks().stream().noneMatch(task -> task.learns(name))) return null;
        if (name.startsWith("heads.")) return kind(spec.headLearningRate(), axes > 1, false, Stage.ALWAYS);
        for (SharingGroup group : groups) {
            Stage stage = group.learned(name);
            if (stage == null) continue;
            if (stage.isEmpty()) return null;
            boolean own = name.startsWith(group.ownPrefix());
            return kind(spec.sharingLearningRate(), axes > (own ? 2 : 1), !own, stage);
        }
        return freezes ? null : kind(spec.learningRate(), axes > 1, true, Stage.ALWAYS);
    }

    private Parameters.Kind kind(double rate, boolean decay, boolean shared, Stage stage) {
        return new Parameters.Kind(rate / spec.learningRate(), decay, shared, stage);
    }

    // ---- what a run needs of it

    TrainSpec spec() {
        return spec;
    }

    Network network() {
        return network;
    }

    List<Task> tasks() {
        return tasks.stream().map(TaskRows::task).toList();
    }

    List<String> names() {
        return tasks().stream().map(Task::name).toList();
    }

    List<EncodedRows> train() {
        return train;
    }

    List<EncodedRows> dev() {
        return dev;
    }

    List<Habit> habits() {
        Habit.Setting setting = new Habit.Setting(pretrained.backbone(), tasks(), spec.seed());
        return habits.stream().map(kind -> kind.create(setting)).toList();
    }

    Balancer balancer(Balancer.Setting setting) {
        return balance.create(setting);
    }

    EpochPlan plan(List<Habit> habits) {
        int[][] lengths = train.stream().map(EncodedRows::lengths).toArray(int[][]::new);
        return new EpochPlan(
                new EpochPlan.Rows(
                        names(),
                        lengths,
                        easiest(lengths),
                        tasks().stream().mapToInt(Task::batchRows).toArray()),
                sampler,
                (task, scores) -> habits.stream().allMatch(habit -> habit.learns(task, scores)),
                spec.epochs(),
                spec.batchTokens(),
                spec.seed());
    }

    private int[][] easiest(int[][] lengths) {
        return switch (sampler.difficulty()) {
            case NONE -> null;
            case LENGTH ->
                EpochPlan.easiest(Arrays.stream(lengths)
                        .map(task -> Arrays.stream(task).asDoubleStream().toArray())
                        .toArray(double[][]::new));
            case LOSS -> EpochPlan.easiest(RowDifficulty.of(network, initial, tasks(), train, spec.seed()));
        };
    }
}
