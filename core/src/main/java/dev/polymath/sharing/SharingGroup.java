package dev.polymath.sharing;

import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
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

    /**
     * The groups of tasks that come to others: a group takes the name of one that is there where its part is the same and
     * its tasks {@link Sharing#joins join}.
     *
     * @param there groups of the model
     * @param specs each new task's part
     */
    public static List<SharingGroup> coming(List<SharingGroup> there, Map<String, PartSpec> specs) {
        List<String> taken =
                new ArrayList<>(there.stream().map(SharingGroup::name).toList());
        List<SharingGroup> coming = new ArrayList<>();
        for (SharingGroup group : of(specs)) {
            String name = null;
            for (SharingGroup old : there) {
                boolean same = SharingParts.CATALOGUE.complete(old.spec).equals(group.spec);
                if (same && old.part().joins()) name = old.name;
            }
            if (name == null) taken.add(name = freeName(group.spec.type(), taken));
            coming.add(new SharingGroup(name, group.spec, group.tasks));
        }
        return coming;
    }

    /** Groups of a model, and those of {@link #coming} with the tasks of one name together. */
    public static List<SharingGroup> joined(List<SharingGroup> there, List<SharingGroup> coming) {
        Map<String, SharingGroup> all = new LinkedHashMap<>();
        for (SharingGroup group : there) all.put(group.name, group);
        for (SharingGroup group : coming) {
            all.merge(group.name, group, (old, more) -> {
                List<String> tasks = new ArrayList<>(old.tasks);
                tasks.addAll(more.tasks);
                return new SharingGroup(old.name, old.spec, tasks);
            });
        }
        return List.copyOf(all.values());
    }

    /**
     * Groups of a model without some tasks, and without those that have no others.
     *
     * @throws InputException if others read the weights of one that goes
     */
    public static List<SharingGroup> without(List<SharingGroup> there, Collection<String> gone) {
        List<SharingGroup> left = new ArrayList<>();
        for (SharingGroup group : there) {
            List<String> tasks =
                    group.tasks.stream().filter(task -> !gone.contains(task)).toList();
            if (!tasks.isEmpty()
                    && tasks.size() < group.tasks.size()
                    && !group.part().joins()) {
                throw new InputException("tasks that share by '" + group.spec.type()
                        + "' read each other's weights; they can only go together: " + String.join(", ", group.tasks));
            }
            if (!tasks.isEmpty()) left.add(new SharingGroup(group.name, group.spec, tasks));
        }
        return left;
    }

    /**
     * Whether its tasks part above layers that none of them changes ({@link Sharing#plainLayers}), so that a text passes these
     * once for all of them.
     */
    public boolean forks() {
        return part().plainLayers() > 0;
    }

    /** @throws InputException if there is no such part, or a knob is unknown or out of range */
    public Sharing part() {
        return SharingParts.of(spec);
    }

    /** The longest text that its tasks can read, in tokens: what its part puts before a text takes some of the places. */
    public int maxTokens(Backbone backbone) {
        return backbone.maxTokens() - part().promptTokens();
    }

    /** Names of what its part shares begin so. */
    public String sharedPrefix() {
        return PREFIX + name + ".shared.";
    }

    /** Names of what each task has its own of begin so. */
    public String ownPrefix() {
        return PREFIX + name + ".own.";
    }

    /**
     * All its weights as learning begins.
     *
     * @param pretrained the backbone's
     */
    public Weights initial(Backbone backbone, Weights pretrained, SplittableRandom random) {
        return initial(new Start(backbone, pretrained, tasks), random);
    }

    /** All its weights as learning begins, where they may follow from texts too: {@link Sharing#orientation}. */
    public Weights initial(Start start, SplittableRandom random) {
        Sharing part = part();
        Map<String, Array> all = new LinkedHashMap<>();
        part.shared(start, random.split()).asMap().forEach((weight, array) -> all.put(sharedPrefix() + weight, array));
        List<Weights> own = new ArrayList<>();
        for (String task : tasks) own.add(part.own(start, task, random.split()));
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

    /** A task's own weights out of a model's, by the names of {@link Sharing#own}: those that {@link Sharing#serves serve}. */
    public Weights own(Weights all, String task) {
        int position = tasks.indexOf(task);
        Map<String, Array> own = new LinkedHashMap<>();
        all.filter(weight -> weight.startsWith(ownPrefix()) && serves(weight))
                .asMap()
                .forEach((weight, stack) -> own.put(weight.substring(ownPrefix().length()), stack.row(position)));
        return new Weights(own);
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
     * In which part of a run a weight of a model is learned.
     *
     * @param weight its name in the model
     * @return null if it is none of this group's
     */
    public Stage learned(String weight) {
        for (String prefix : List.of(ownPrefix(), sharedPrefix())) {
            if (weight.startsWith(prefix)) return part().learned(weight.substring(prefix.length()));
        }
        return null;
    }

    /** Whether a model needs a weight, by its name there, to answer; that of another group too. */
    public boolean serves(String weight) {
        return !weight.startsWith(ownPrefix())
                || part().serves(weight.substring(ownPrefix().length()));
    }

    /**
     * What plugs into the sites where a model's weights are the interpreter's and nothing is learned.
     *
     * @param taskOfRow for each row the position of its task, integers {@code [rows]}
     */
    public <T> Sites<T> sites(Backbone backbone, T taskOfRow) {
        return sites(backbone, taskOfRow, (Learning) null);
    }

    /**
     * What plugs into the sites where a model's weights are the interpreter's.
     *
     * @param taskOfRow for each row the position of its task, integers {@code [rows]}
     * @param learning null where nothing is learned
     */
    public <T> Sites<T> sites(Backbone backbone, T taskOfRow, Learning learning) {
        return sites(backbone, taskOfRow, learning, (ops, weight) -> ops.weight(ownPrefix() + weight));
    }

    /**
     * As {@link #sites(Backbone, Object)}, where each task's own weights are not the interpreter's.
     *
     * @param own finds those, {@code [tasks, ...]}, by the names of {@link Sharing#own}
     */
    public <T> Sites<T> sites(Backbone backbone, T taskOfRow, Function<String, T> own) {
        return sites(backbone, taskOfRow, null, (ops, weight) -> own.apply(weight));
    }

    private <T> Sites<T> sites(Backbone backbone, T taskOfRow, Learning learning, BiFunction<Ops<T>, String, T> own) {
        BiFunction<Ops<T>, String, T> shared = (ops, weight) -> ops.weight(sharedPrefix() + weight);
        return part().sites(backbone, new RowWeights<>(tasks.size(), taskOfRow, learning, shared, own));
    }
}
