package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * The tasks of a model that share the backbone in the same way. A batch's rows of one group pass the backbone together,
 * whichever of its tasks they belong to. In a model's weights, what its part shares is called {@code sharing.GROUP.shared.*},
 * and what each task has its own of {@code sharing.GROUP.own.*}, all tasks' stacked along a new first axis {@code [tasks,
 * ...]}.
 *
 * @param name unique in the model: the part's name, and a number where another group has that
 * @param spec the part as the project names it
 * @param tasks names of its tasks; a row names its task by the position here
 */
public record SharingGroup(String name, PartSpec spec, List<String> tasks) {
    /** The names of all weights of all groups begin so. */
    public static final String PREFIX = "sharing.";

    public SharingGroup {
        tasks = List.copyOf(tasks);
    }

    /**
     * The groups of tasks, in the order of their first.
     *
     * @param specs each task's part
     */
    public static List<SharingGroup> of(Map<String, PartSpec> specs) {
        Map<PartSpec, List<String>> members = new LinkedHashMap<>();
        specs.forEach((task, spec) -> members.computeIfAbsent(
                        SharingParts.CATALOGUE.complete(spec), each -> new ArrayList<>())
                .add(task));
        List<SharingGroup> groups = new ArrayList<>();
        members.forEach((spec, tasks) -> {
            List<String> taken = groups.stream().map(SharingGroup::name).toList();
            groups.add(new SharingGroup(freeName(spec.type(), taken), spec, tasks));
        });
        return List.copyOf(groups);
    }

    /** A part's name, with the first number behind it that makes it differ from those. */
    public static String freeName(String part, List<String> taken) {
        String name = part;
        for (int number = 2; taken.contains(name); number++) name = part + "-" + number;
        return name;
    }

    /** @throws dev.polymath.InputException if there is no such part, or a knob is unknown or out of range */
    public Sharing part() {
        return SharingParts.of(spec);
    }

    /** Names of what its part shares begin so. */
    public String sharedPrefix() {
        return PREFIX + name + ".shared.";
    }

    /** Names of what each task has its own of begin so. */
    public String ownPrefix() {
        return PREFIX + name + ".own.";
    }

    /** All its weights as learning begins. */
    public Weights initial(Backbone backbone, SplittableRandom random) {
        Sharing part = part();
        Map<String, Array> all = new LinkedHashMap<>();
        part.shared(backbone, random.split())
                .asMap()
                .forEach((weight, array) -> all.put(sharedPrefix() + weight, array));
        List<Weights> own = new ArrayList<>();
        for (String task : tasks) own.add(part.own(backbone, task, random.split()));
        return new Weights(all).with(stacked(own));
    }

    /**
     * Each task's own weights, side by side under the names that they have in a model.
     *
     * @param own in the order of the tasks, by the names of {@link Sharing#own}
     */
    public Weights stacked(List<Weights> own) {
        Map<String, Array> stacks = new LinkedHashMap<>();
        for (String weight : own.get(0).names()) {
            stacks.put(
                    ownPrefix() + weight,
                    Array.stack(own.stream().map(each -> each.get(weight)).toList()));
        }
        return new Weights(stacks);
    }

    /** A task's own weights out of a model's, by the names of {@link Sharing#own}. */
    public Weights own(Weights all, String task) {
        int position = tasks.indexOf(task);
        Map<String, Array> own = new LinkedHashMap<>();
        all.filter(weight -> weight.startsWith(ownPrefix()))
                .asMap()
                .forEach((weight, stack) -> own.put(weight.substring(ownPrefix().length()), stack.row(position)));
        return new Weights(own);
    }

    /** Whether a weight, by the name that it has in a model, is one of this group's that are not learned. */
    public boolean isFixed(String weight) {
        return weight.startsWith(ownPrefix())
                && part().fixed().contains(weight.substring(ownPrefix().length()));
    }

    /**
     * A task by itself: what answers as it does here, without what only the others of the group need.
     *
     * @param all a model's weights
     */
    public Alone alone(Backbone backbone, Weights all, String task) {
        Map<String, Array> shared = new LinkedHashMap<>();
        shared(all)
                .asMap()
                .forEach((weight, array) ->
                        shared.put(weight.substring(sharedPrefix().length()), array));
        Sharing.Alone whole = new Sharing.Alone(spec, new Weights(shared), own(all, task));
        Sharing.Alone part = part().alone(backbone, task, whole);
        SharingGroup group = new SharingGroup(name, part.spec(), List.of(task));
        Map<String, Array> kept = new LinkedHashMap<>();
        part.shared().asMap().forEach((weight, array) -> kept.put(sharedPrefix() + weight, array));
        Weights own = part.own().names().isEmpty() ? part.own() : group.stacked(List.of(part.own()));
        Weights weights = all.filter(weight -> !weight.startsWith(PREFIX))
                .with(new Weights(kept))
                .with(own);
        return new Alone(group, weights);
    }

    /**
     * A group of one task.
     *
     * @param weights its sharing part's under the names that they have in a model, and all others of the model
     */
    public record Alone(SharingGroup group, Weights weights) {}

    /** What its part shares, out of a model's weights, under the names that they have there. */
    public Weights shared(Weights all) {
        return all.filter(weight -> weight.startsWith(sharedPrefix()));
    }

    /**
     * What plugs into the sites where a model's weights are the interpreter's.
     *
     * @param taskOfRow for each row the position of its task, integers {@code [rows]}
     */
    public <T> Sites<T> sites(Backbone backbone, T taskOfRow) {
        return part().sites(
                        backbone,
                        new RowWeights<>(
                                taskOfRow,
                                (ops, weight) -> ops.weight(sharedPrefix() + weight),
                                (ops, weight) -> ops.weight(ownPrefix() + weight)));
    }

    /**
     * As {@link #sites(Backbone, Object)}, where each task's own weights are not the interpreter's.
     *
     * @param own finds those, {@code [tasks, ...]}, by the names of {@link Sharing#own}
     */
    public <T> Sites<T> sites(Backbone backbone, T taskOfRow, Function<String, T> own) {
        return part().sites(
                        backbone,
                        new RowWeights<>(
                                taskOfRow,
                                (Ops<T> ops, String weight) -> ops.weight(sharedPrefix() + weight),
                                (ops, weight) -> own.apply(weight)));
    }
}
