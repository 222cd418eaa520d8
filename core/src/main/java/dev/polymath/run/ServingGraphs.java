package dev.polymath.run;

import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.model.Inputs;
import dev.polymath.model.Reading;
import dev.polymath.model.Sites;
import dev.polymath.ops.OnnxOps;
import dev.polymath.sharing.Sharing;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Interacting;
import dev.polymath.task.Task;
import dev.polymath.weights.DType;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The graphs of a model folder: a trunk for each group of tasks that share in the same way, and a head for each task, which
 * reads what the trunk gives. Where hidden states do not depend on the task, a text passes its group's trunk once, whatever
 * is asked of it. Else the trunk reads each row's task and, as inputs, the own weights of all tasks of the group: so a new
 * task changes no graph of the others.
 */
final class ServingGraphs {
    static final String IDS = "input_ids";
    static final String MASK = "attention_mask";
    static final String TYPES = "token_type_ids";
    /** The position of each row's task in its group, where its tasks have weights of their own. */
    static final String TASKS = "tasks";
    /** Names of the inputs that take own weights begin so; the rest is as {@link Sharing#own} names them. */
    static final String OWN = "own.";

    /** Which of the texts below each row goes on from, where the tasks part above the embeddings. */
    static final String TEXTS = "texts";
    /** The state that tasks part from. */
    static final String BELOW = "hidden_state";

    static final String STATES = "last_hidden_state";
    static final String LOGITS = "logits";

    static final String QUERY = "query";
    static final String PASSAGES = "passages";
    static final String SCORES = "scores";

    private ServingGraphs() {}

    /**
     * From {@code input_ids}, {@code attention_mask} and {@code token_type_ids}, integers {@code [rows, tokens]}, to {@code
     * last_hidden_state [rows, tokens, width]}. Where tasks have weights of their own, it reads {@code tasks}, integers
     * {@code [rows]}, and those weights too, each {@code [tasks, ...]}. Where they part above the embeddings, it reads {@code
     * hidden_state [texts, tokens, width]}, which {@link #below} gives, in place of ids and types, the mask {@code [texts,
     * tokens]}, and {@code texts}, integers {@code [rows]}. Where more is read than one state, it gives the others too, by the
     * names of {@link #names}.
     *
     * @param reading what it gives; no layer above is computed
     * @param own the shapes of a task's own weights by the names of {@link Sharing#own}
     */
    static OnnxOps trunk(
            Backbone backbone, SharingGroup group, Reading reading, Map<String, long[]> own, Weights weights) {
        OnnxOps ops = new OnnxOps("trunk." + group.name(), weights);
        boolean forks = ModelLayout.forks(group, reading, backbone.layers());
        String texts = forks ? "texts" : "rows";
        OnnxOps.Edge from = forks
                ? ops.input(BELOW, DType.F32, texts, "tokens", Integer.toString(backbone.width()))
                : ops.input(IDS, DType.I64, texts, "tokens");
        OnnxOps.Edge mask = ops.input(MASK, DType.I64, texts, "tokens");
        OnnxOps.Edge segments = forks ? null : ops.input(TYPES, DType.I64, texts, "tokens");
        OnnxOps.Edge rows = forks ? ops.input(TEXTS, DType.I64, "rows") : null;
        OnnxOps.Edge tasks = own.isEmpty() ? null : ops.input(TASKS, DType.I64, "rows");
        Sites<OnnxOps.Edge> sites = group.sites(backbone, tasks, stacks(ops, own)::get);
        Hidden<OnnxOps.Edge> hidden = forks
                ? backbone.above(
                        ops,
                        ops.gather(from, rows),
                        ops.gather(mask, rows),
                        sites,
                        group.part().plainLayers())
                : backbone.hidden(ops, new Inputs<>(from, mask, segments), sites, reading);
        if (forks) hidden = new Hidden<>(List.of(hidden.last()), hidden.mask());
        List<String> names = names(reading);
        for (int i = 0; i < names.size(); i++) {
            OnnxOps.Edge edge = hidden.all().get(i);
            if (edge.rank() == 2) ops.output(names.get(i), edge, "rows", "tokens");
            else ops.output(names.get(i), edge, "rows", "tokens", Integer.toString(backbone.width()));
        }
        return ops;
    }

    /** All tasks' own weights as inputs, by the names of {@link Sharing#own}. */
    private static Map<String, OnnxOps.Edge> stacks(OnnxOps ops, Map<String, long[]> own) {
        Map<String, OnnxOps.Edge> stacks = new LinkedHashMap<>();
        own.forEach((name, shape) -> {
            String[] axes = new String[shape.length + 1];
            axes[0] = "group_tasks";
            for (int i = 0; i < shape.length; i++) axes[i + 1] = Long.toString(shape[i]);
            stacks.put(name, ops.input(OWN + name, DType.F32, axes));
        });
        return stacks;
    }

    /**
     * What a trunk gives and a head reads, in the order of {@link Hidden#all} without the mask: {@code hidden_state.0}, ...,
     * {@code last_hidden_state}, and {@code diagonal.0}, ... By their places and not by layers, since a head reads the same of
     * a text behind fewer layers.
     */
    static List<String> names(Reading reading) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < reading.layers().size() - 1; i++) names.add(BELOW + "." + i);
        names.add(STATES);
        for (int i = 0; i < reading.diagonals().size(); i++) names.add("diagonal." + i);
        return names;
    }

    /**
     * The layers that none of a group's tasks changes, from {@code input_ids}, {@code attention_mask} and {@code
     * token_type_ids}, integers {@code [texts, tokens]}, to {@code hidden_state [texts, tokens, width]}.
     */
    static OnnxOps below(Backbone backbone, SharingGroup group, Weights weights) {
        OnnxOps ops = new OnnxOps("below." + group.name(), weights);
        OnnxOps.Edge ids = ops.input(IDS, DType.I64, "texts", "tokens");
        OnnxOps.Edge mask = ops.input(MASK, DType.I64, "texts", "tokens");
        OnnxOps.Edge types = ops.input(TYPES, DType.I64, "texts", "tokens");
        OnnxOps.Edge state =
                backbone.below(ops, new Inputs<>(ids, mask, types), group.part().plainLayers());
        ops.output(BELOW, state, "texts", "tokens", Integer.toString(backbone.width()));
        return ops;
    }

    /**
     * From {@code last_hidden_state [rows, tokens, width]}, or all that {@link #names} has, and {@code attention_mask [rows,
     * tokens]} to {@code logits [rows, outputs]}, or {@code [rows, tokens, outputs]} for a task on tokens.
     */
    static OnnxOps head(Task task, Backbone backbone, Weights weights) {
        OnnxOps ops = new OnnxOps("head." + task.name(), weights);
        Reading reading = task.reading(backbone.layers());
        List<OnnxOps.Edge> inputs = new ArrayList<>();
        for (String name : names(reading)) {
            inputs.add(
                    inputs.size() < reading.layers().size()
                            ? ops.input(name, DType.F32, "rows", "tokens", Integer.toString(backbone.width()))
                            : ops.input(name, DType.F32, "rows", "tokens"));
        }
        OnnxOps.Edge mask = ops.input(MASK, DType.I64, "rows", "tokens");
        int states = reading.layers().size();
        OnnxOps.Edge logits =
                task.head(ops, new Hidden<>(inputs.subList(0, states), mask, inputs.subList(states, inputs.size())));
        ops.output(LOGITS, logits, axes(task, logits));
        return ops;
    }

    /** Of a head's outputs. */
    static String[] axes(Task task, OnnxOps.Edge logits) {
        if (logits.rank() == 2) return new String[] {"rows", "outputs"};
        boolean more = task instanceof Interacting interacting
                && interacting.interaction().vectors() > 0;
        return new String[] {"rows", more ? "vectors_and_tokens" : "tokens", "outputs"};
    }

    /**
     * From {@code query [1, tokens, size]}, {@code passages [rows, items, size]} and, where passages differ in length, {@code
     * mask [rows, items]}, to {@code scores [rows]}.
     */
    static OnnxOps comparison(Interacting task, int width, Weights weights) {
        OnnxOps ops = new OnnxOps("comparison." + task.name(), weights);
        String size = Integer.toString(task.interaction().size(width));
        OnnxOps.Edge query = ops.input(QUERY, DType.F32, "1", "tokens", size);
        OnnxOps.Edge passages = ops.input(PASSAGES, DType.F32, "rows", "items", size);
        OnnxOps.Edge mask =
                task.interaction().vectors() > 0 ? null : ops.toFloat(ops.input(MASK, DType.I64, "rows", "items"));
        ops.output(SCORES, task.scores(ops, query, null, passages, mask), "rows");
        return ops;
    }
}
