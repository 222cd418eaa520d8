package dev.polymath.learn;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.learn.balance.Balancer;
import dev.polymath.learn.balance.GradientBalancer;
import dev.polymath.learn.balance.LossBalancer;
import dev.polymath.learn.balance.SharpnessAware;
import dev.polymath.learn.habit.Habit;
import dev.polymath.learn.sampling.EpochPlan;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Parameters;
import dev.polymath.learn.torch.TaskGradients;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Hidden;
import dev.polymath.model.Reading;
import dev.polymath.model.Sites;
import dev.polymath.sharing.Learning;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Learner;
import dev.polymath.task.Target;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * From a batch to a gradient: forward, the tasks' losses, the balancer's factors, backward. It leaves the gradient in
 * the parameters; the optimiser does the rest.
 */
final class BatchGradient implements AutoCloseable {
    /**
     * What a pass gave.
     *
     * @param loss the mean over the batch's rows, whatever the factors
     * @param losses of the tasks in the batch
     * @param factors the balancer's, one for each of the losses
     */
    record Pass(double loss, List<Balancer.TaskLoss> losses, double[] factors) {}

    /** A task's loss as a tensor. */
    private record Loss(int task, double share, Tensor tensor) {
        Balancer.TaskLoss value() {
            return new Balancer.TaskLoss(task, share, tensor.item_double());
        }
    }

    /**
     * The losses of some rows, sorted by task.
     *
     * @param penalty what the sharing parts add to their mean, or null
     * @param rest what is left of the way back once the losses' gradients are there
     */
    private record Losses(List<Loss> tasks, Tensor penalty, Runnable rest) {
        /** Sends the gradient of a scalar made of them to the parameters. */
        void backward(Tensor scalar) {
            scalar.backward();
            rest.run();
        }
    }

    private final Network network;
    private final Parameters parameters;
    private final Supplier<Map<String, Tensor>> pretrained;
    private final List<Task> tasks;
    private final List<EncodedRows> rows;
    private final Balancer balancer;
    private final List<Habit> habits;
    private final TaskGradients gradients;

    /**
     * @param pretrained the weights as learning began, made when first asked for
     * @param rows each task's
     */
    BatchGradient(
            Network network,
            Parameters parameters,
            Supplier<Map<String, Tensor>> pretrained,
            List<Task> tasks,
            List<EncodedRows> rows,
            Balancer balancer,
            List<Habit> habits) {
        this.network = network;
        this.parameters = parameters;
        this.pretrained = pretrained;
        this.tasks = tasks;
        this.rows = rows;
        this.balancer = balancer;
        this.habits = habits;
        if (!(balancer instanceof LossBalancer)
                && parameters.groups().stream().noneMatch(group -> group.kind().shared())) {
            throw new InputException("balance: this part compares the tasks' gradients of weights that they share, and"
                    + " here they share none that is learned; take one that looks at losses, such as equal");
        }
        this.gradients = balancer instanceof LossBalancer ? null : new TaskGradients(parameters, tasks.size());
    }

    /** Adds the gradient of a batch to the parameters' own. */
    Pass gradient(List<EpochPlan.Row> batch, Balancer.Step step) {
        Pass pass = balancer instanceof LossBalancer plain ? together(plain, batch, step) : taskByTask(batch, step);
        for (int i = 0; i < habits.size(); i++) {
            List<Tensor> all =
                    parameters.groups().stream().map(Parameters.Group::gradient).toList();
            habits.get(i).gradients(step.number(), EpochPlan.mixed(step.seed(), i, 1), all);
        }
        return pass;
    }

    /** To be called once the weights are updated. */
    void updated(List<EpochPlan.Row> batch, Balancer.Step step) {
        if (!(inner() instanceof LossBalancer plain) || !plain.looksBack()) return;
        try (PointerScope scope = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            plain.after(step, values(forward(batch, batch.size(), step).tasks));
        }
    }

    /** All rows in one pass: the balancer needs the losses alone. */
    private Pass together(LossBalancer plain, List<EpochPlan.Row> batch, Balancer.Step step) {
        Losses losses = forward(batch, batch.size(), step);
        List<Balancer.TaskLoss> values = values(losses.tasks);
        double[] factors = plain.factors(step, values);
        Tensor total = losses.penalty;
        for (int i = 0; i < factors.length; i++) {
            Loss loss = losses.tasks.get(i);
            Tensor part = loss.tensor.mul(new Scalar(factors[i] * loss.share));
            total = total == null ? part : total.add(part);
        }
        losses.backward(total);
        return new Pass(mean(values), values, factors);
    }

    /** Each task's rows by themselves, into a gradient of their own; then those are combined. */
    private Pass taskByTask(List<EpochPlan.Row> batch, Balancer.Step step) {
        List<List<EpochPlan.Row>> groups = byTask(batch);
        List<Balancer.TaskLoss> losses = new ArrayList<>();
        for (int slot = 0; slot < groups.size(); slot++) {
            losses.add(backward(groups.get(slot), batch.size(), slot, step));
            if (balancer instanceof SharpnessAware sharp) {
                zeroOwn(groups.get(slot).get(0).task());
                try (TaskGradients.Moved worst = gradients.move(slot, sharp.radius())) {
                    backward(groups.get(slot), batch.size(), slot, step);
                }
            }
        }
        gradients.done();
        double[] factors = factors(step, losses);
        gradients.combine(factors);
        if (inner() instanceof LossBalancer) {
            for (int i = 0; i < factors.length; i++) scaleOwn(losses.get(i).task(), factors[i]);
        }
        return new Pass(mean(losses), losses, factors);
    }

    private Balancer.TaskLoss backward(List<EpochPlan.Row> some, int all, int slot, Balancer.Step step) {
        try (PointerScope scope = new PointerScope()) {
            gradients.into(slot);
            Losses losses = forward(some, all, step);
            Loss loss = losses.tasks.get(0);
            Tensor whole = losses.penalty == null ? loss.tensor : loss.tensor.add(losses.penalty);
            losses.backward(whole.mul(new Scalar(loss.share)));
            return loss.value();
        }
    }

    private double[] factors(Balancer.Step step, List<Balancer.TaskLoss> losses) {
        if (inner() instanceof LossBalancer plain) return plain.factors(step, losses);
        int count = losses.size();
        double[][] products = gradients.products(count);
        boolean finite = true;
        for (double[] row : products) {
            for (int j = 0; j < count; j++) {
                row[j] *= (double) count * count;
                finite &= Double.isFinite(row[j]);
            }
        }
        if (finite) return ((GradientBalancer) inner()).factors(step, losses, products);
        // The gradient is not finite whatever the factors; the optimiser will skip it.
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    private Balancer inner() {
        return balancer instanceof SharpnessAware sharp ? sharp.inner() : balancer;
    }

    private void zeroOwn(int task) {
        own(task).forEach(Tensor::zero_);
    }

    private void scaleOwn(int task, double factor) {
        own(task).forEach(gradient -> gradient.mul_(new Scalar(factor)));
    }

    /** The gradients of what is a task's alone: its head, and its own weights in its sharing part. */
    private List<Tensor> own(int task) {
        String name = tasks.get(task).name();
        List<Tensor> own = new ArrayList<>();
        parameters.tensors().forEach((weight, tensor) -> {
            if (!tensor.requires_grad()) return;
            if (weight.startsWith("heads." + name + ".")) own.add(tensor.grad());
            for (SharingGroup group : network.groups()) {
                int position = group.tasks().indexOf(name);
                if (position >= 0 && weight.startsWith(group.ownPrefix()))
                    own.add(tensor.grad().select(0, position));
            }
        });
        return own;
    }

    /**
     * The losses of some rows, sorted by task.
     *
     * @param all rows in the batch that they are of, which shares refer to
     */
    private Losses forward(List<EpochPlan.Row> some, int all, Balancer.Step step) {
        torch.manual_seed(EpochPlan.mixed(step.seed(), some.get(0).task(), 0));
        Learning learning = new Learning(step.progress(), EpochPlan.mixed(step.seed(), 0, 2));
        List<Encoding> encodings = new ArrayList<>();
        for (EpochPlan.Row row : some) encodings.addAll(rows.get(row.task()).of(row.row()));
        if (tasks.get(some.get(0).task()).batchRows() > 0) return judged(some, encodings, learning, all);
        int[] taskOfSequence = some.stream()
                .flatMapToInt(row -> IntStream.generate(row::task).limit(sequences(row)))
                .toArray();
        Reading reading = reading(some);
        Network.Pass pass =
                network.pass(parameters.tensors(), encodings, taskOfSequence, reading, learning, this::around);
        Pretrained before = new Pretrained(encodings, taskOfSequence, reading);
        TorchOps ops = new TorchOps(parameters.tensors(), ScalarType.Float, true);
        List<Loss> losses = new ArrayList<>();
        int from = 0;
        for (List<EpochPlan.Row> group : byTask(some)) {
            int count = group.stream().mapToInt(this::sequences).sum();
            losses.add(loss(group, from, count, all, encodings, pass.hidden(), before, ops, reading));
            from += count;
        }
        return new Losses(losses, pass.penalty(), () -> {});
    }

    /** As {@link #forward} of a batch of one task whose rows are judged by one another. */
    private Losses judged(List<EpochPlan.Row> some, List<Encoding> encodings, Learning learning, int all) {
        int index = some.get(0).task();
        Task task = tasks.get(index);
        Map<String, Tensor> weights = parameters.tensors();
        JudgedBatch batch = new JudgedBatch(
                network,
                weights,
                task,
                index,
                encodings,
                learning,
                this::around,
                JudgedBatch.MOST_TOKENS,
                JudgedBatch.PART_TOKENS);
        Target target = task.target(examples(some), encodings, 0);
        TorchOps ops = new TorchOps(weights, ScalarType.Float, true);
        Tensor loss = learner(index)
                .loss(ops, batch.outputs(), Tensors.of(target.values()), Tensors.of(target.weights()))
                .mul(new Scalar(1 / task.chance()));
        double share = (double) some.size() / all;
        return new Losses(List.of(new Loss(index, share, loss)), batch.penalty(), batch::backward);
    }

    private Learner learner(int task) {
        return tasks.get(task).learner(network.backbone().layers());
    }

    /** What all tasks of some rows read together. */
    private Reading reading(List<EpochPlan.Row> some) {
        return some.stream()
                .map(EpochPlan.Row::task)
                .distinct()
                .map(task -> learner(task).reading())
                .reduce(Reading::and)
                .orElseThrow();
    }

    private int sequences(EpochPlan.Row row) {
        return rows.get(row.task()).of(row.row()).size();
    }

    private List<Example> examples(List<EpochPlan.Row> group) {
        return group.stream()
                .map(row -> rows.get(row.task()).examples().get(row.row()))
                .toList();
    }

    private Sites<Tensor> around(Sites<Tensor> sites) {
        Sites<Tensor> all = sites;
        for (Habit habit : habits) all = habit.around(all);
        return all;
    }

    private Loss loss(
            List<EpochPlan.Row> group,
            int from,
            int count,
            int all,
            List<Encoding> encodings,
            Hidden<Tensor> hidden,
            Pretrained before,
            TorchOps ops,
            Reading reading) {
        int index = group.get(0).task();
        Task task = tasks.get(index);
        Learner learner = learner(index);
        Hidden<Tensor> own = learner.reading().of(narrowed(hidden, from, count), reading);
        int width = (int) hidden.mask().size(1);
        Target target = task.target(examples(group), encodings.subList(from, from + count), width);
        Tensor values = Tensors.of(target.values());
        Tensor weights = Tensors.of(target.weights());
        Tensor output = learner.output(ops, own);
        Tensor loss = learner.loss(ops, output, values, weights).mul(new Scalar(1 / task.chance()));
        Habit.TaskBatch seen =
                new Habit.TaskBatch(index, task, from, count, ops, own, output, values, weights, () -> learner.reading()
                        .of(before.narrowed(from, count), reading));
        for (Habit habit : habits) loss = habit.loss(seen, loss);
        return new Loss(index, (double) group.size() / all, loss);
    }

    /** The same rows under the weights as learning began, computed once a batch and only when asked for. */
    private final class Pretrained {
        private final List<Encoding> encodings;
        private final int[] taskOfRow;
        private final Reading reading;
        private Hidden<Tensor> hidden;

        Pretrained(List<Encoding> encodings, int[] taskOfRow, Reading reading) {
            this.reading = reading;
            this.encodings = encodings;
            this.taskOfRow = taskOfRow;
        }

        Hidden<Tensor> narrowed(int from, int count) {
            if (hidden == null) {
                try (AutoGradMode off = new AutoGradMode(false)) {
                    hidden = network.hidden(pretrained.get(), encodings, taskOfRow, reading);
                }
            }
            return BatchGradient.narrowed(hidden, from, count);
        }
    }

    private static Hidden<Tensor> narrowed(Hidden<Tensor> hidden, int from, int count) {
        return hidden.with(state -> state.narrow(0, from, count), hidden.mask().narrow(0, from, count));
    }

    private static List<List<EpochPlan.Row>> byTask(List<EpochPlan.Row> sorted) {
        List<List<EpochPlan.Row>> groups = new ArrayList<>();
        int from = 0;
        for (int to = 1; to <= sorted.size(); to++) {
            if (to < sorted.size() && sorted.get(to).task() == sorted.get(from).task()) continue;
            groups.add(sorted.subList(from, to));
            from = to;
        }
        return groups;
    }

    private static List<Balancer.TaskLoss> values(List<Loss> losses) {
        return losses.stream().map(Loss::value).toList();
    }

    private static double mean(List<Balancer.TaskLoss> losses) {
        return losses.stream().mapToDouble(task -> task.share() * task.loss()).sum();
    }

    @Override
    public void close() {
        if (gradients != null) gradients.close();
    }
}
