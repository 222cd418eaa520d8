package dev.polymath.learn.torch;

import dev.polymath.sharing.Stage;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The weights of a network in F32, those that are learned and those that are not. All learned weights of a group (same
 * learning rate and decay) lie in one flat tensor, and so do their gradients and moments: the optimiser, the norm of the
 * gradient and a checkpoint each read one long array instead of a hundred short ones.
 */
public final class Parameters implements AutoCloseable {
    /**
     * What a group's members share.
     *
     * @param rate factor on the schedule's learning rate
     * @param decay whether weight decay applies
     * @param shared whether every task uses them; else they are one task's head
     * @param stage in which part of a run they are learned
     */
    public record Kind(double rate, boolean decay, boolean shared, Stage stage) {
        /** Of weights that are learned from the first step to the last. */
        public Kind(double rate, boolean decay, boolean shared) {
            this(rate, decay, shared, Stage.ALWAYS);
        }
    }

    /**
     * @param value {@code [n]}, the weights one after another
     * @param gradient {@code [n]}, what backward passes add to
     * @param mean {@code [n]}, AdamW's first moment
     * @param square {@code [n]}, AdamW's second moment
     */
    public record Group(Kind kind, List<String> names, Tensor value, Tensor gradient, Tensor mean, Tensor square) {}

    private final PointerScope scope = new PointerScope();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final List<Group> groups = new ArrayList<>();
    /** Of each group, how many updates there have been without it. */
    private final Map<Group, Long> missed = new IdentityHashMap<>();

    private double progress;

    /** @param kinds each weight's, by its name; null for one that stays as it is */
    public Parameters(Weights weights, Function<String, Kind> kinds) {
        try (scope;
                AutoGradMode off = new AutoGradMode(false)) {
            scope.extend();
            Map<Kind, List<String>> members = new LinkedHashMap<>();
            for (String name : weights.names()) {
                Kind kind = kinds.apply(name);
                if (kind == null) tensors.put(name, Tensors.of(weights.get(name)));
                else members.computeIfAbsent(kind, each -> new ArrayList<>()).add(name);
            }
            members.forEach((kind, names) -> groups.add(group(kind, names, weights)));
            Map<String, Tensor> inOrder = new LinkedHashMap<>();
            for (String name : weights.names()) inOrder.put(name, tensors.get(name));
            tensors.clear();
            tensors.putAll(inOrder);
        }
        learnAt(0);
    }

    private Group group(Kind kind, List<String> names, Weights weights) {
        long size = 0;
        for (String name : names) size += weights.get(name).size();
        Group group = new Group(kind, names, zeros(size), zeros(size), zeros(size), zeros(size));
        long at = 0;
        for (String name : names) {
            Array array = weights.get(name);
            Tensor value = group.value.narrow(0, at, array.size()).view(array.shape());
            Tensors.put(value, array.data());
            value.set_requires_grad(true);
            value.mutable_grad().put(group.gradient.narrow(0, at, array.size()).view(array.shape()));
            tensors.put(name, value);
            at += array.size();
        }
        return group;
    }

    private static Tensor zeros(long size) {
        return torch.zeros(new long[] {size}, Tensors.FLOAT);
    }

    /** The tensors by name; leaves of the graph of gradients. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    public List<Group> groups() {
        return groups;
    }

    /**
     * Says how far learning is. Weights whose stage it is not get no gradient, and the optimiser leaves them alone.
     *
     * @param progress the share of the run that is over, 0 to 1
     */
    public void learnAt(double progress) {
        this.progress = progress;
        for (Group group : groups) {
            boolean learns = learns(group);
            Tensor first = tensors.get(group.names.get(0));
            if (first.requires_grad() == learns) continue;
            for (String name : group.names) tensors.get(name).set_requires_grad(learns);
        }
    }

    /** Whether a group is learned at the present progress. */
    public boolean learns(Group group) {
        return group.kind.stage().at(progress);
    }

    /** How many updates a group has missed because it was not its stage. */
    long missed(Group group) {
        return missed.getOrDefault(group, 0L);
    }

    /** Notes that there was an update without a group. */
    void miss(Group group) {
        missed.merge(group, 1L, Long::sum);
    }

    /** A copy of the present values. */
    public Weights weights() {
        Map<String, Array> arrays = new LinkedHashMap<>();
        try (PointerScope local = new PointerScope()) {
            tensors.forEach((name, tensor) -> arrays.put(name, Tensors.array(tensor)));
        }
        return new Weights(arrays);
    }

    /** Puts other values in place, of the same names and shapes. */
    public void set(Weights weights) {
        try (PointerScope local = new PointerScope()) {
            tensors.forEach(
                    (name, tensor) -> Tensors.put(tensor, weights.get(name).data()));
        }
    }

    /**
     * The present values and moments, by name, and how many updates each group has missed. On the processor not a copy,
     * which would be three times the model: they change with the next step, and are gone once this is closed.
     */
    public Weights state() {
        Map<String, Array> arrays = new LinkedHashMap<>();
        try (PointerScope local = new PointerScope()) {
            slots((name, tensor) -> arrays.put(name, Tensors.view(tensor)));
        }
        missed.forEach((group, updates) -> arrays.put(missedName(group), Array.of(new long[] {updates})));
        return new Weights(arrays);
    }

    /** Puts back in place what {@link #state} gave. */
    public void restore(Weights state) {
        try (PointerScope local = new PointerScope()) {
            slots((name, tensor) -> Tensors.put(tensor, state.get(name).data()));
        }
        missed.clear();
        for (Group group : groups) {
            String name = missedName(group);
            if (state.has(name)) missed.put(group, state.get(name).longs()[0]);
        }
    }

    private static String missedName(Group group) {
        return group.names.get(0) + ".missed";
    }

    /** Each weight's value and moments: by weight, not by group, since a buffer of Java's ends at 2 GiB. */
    private void slots(BiConsumer<String, Tensor> each) {
        for (Group group : groups) {
            long at = 0;
            for (String name : group.names) {
                long size = tensors.get(name).numel();
                each.accept(name + ".value", group.value.narrow(0, at, size));
                each.accept(name + ".mean", group.mean.narrow(0, at, size));
                each.accept(name + ".square", group.square.narrow(0, at, size));
                at += size;
            }
        }
    }

    /** From now on backward passes add a group's gradients to a flat tensor {@code [n]}. */
    void accumulateInto(Group group, Tensor flat) {
        try (PointerScope local = new PointerScope()) {
            long at = 0;
            for (String name : group.names) {
                Tensor value = tensors.get(name);
                long size = value.numel();
                value.mutable_grad().put(flat.narrow(0, at, size).view(Tensors.shape(value)));
                at += size;
            }
        }
    }

    public void zeroGradients() {
        try (PointerScope local = new PointerScope()) {
            for (Group group : groups) group.gradient.zero_();
        }
    }

    @Override
    public void close() {
        tensors.clear();
        groups.clear();
        scope.close();
    }
}
