package dev.polymath.run;

import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.model.Inputs;
import dev.polymath.ops.OnnxOps;
import dev.polymath.sharing.Sharing;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.weights.DType;
import dev.polymath.weights.Weights;
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

    static final String STATES = "last_hidden_state";
    static final String LOGITS = "logits";

    private ServingGraphs() {}

    /**
     * From {@code input_ids}, {@code attention_mask} and {@code token_type_ids}, integers {@code [rows, tokens]}, to {@code
     * last_hidden_state [rows, tokens, width]}. Where tasks have weights of their own, it reads {@code tasks}, integers
     * {@code [rows]}, and those weights too, each {@code [tasks, ...]}.
     *
     * @param own the shapes of a task's own weights by the names of {@link Sharing#own}
     */
    static OnnxOps trunk(Backbone backbone, SharingGroup group, Map<String, long[]> own, Weights weights) {
        OnnxOps ops = new OnnxOps("trunk." + group.name(), weights);
        OnnxOps.Edge ids = ops.input(IDS, DType.I64, "rows", "tokens");
        OnnxOps.Edge mask = ops.input(MASK, DType.I64, "rows", "tokens");
        OnnxOps.Edge types = ops.input(TYPES, DType.I64, "rows", "tokens");
        OnnxOps.Edge tasks = own.isEmpty() ? null : ops.input(TASKS, DType.I64, "rows");
        Map<String, OnnxOps.Edge> stacks = new LinkedHashMap<>();
        own.forEach((name, shape) -> {
            String[] axes = new String[shape.length + 1];
            axes[0] = "group_tasks";
            for (int i = 0; i < shape.length; i++) axes[i + 1] = Long.toString(shape[i]);
            stacks.put(name, ops.input(OWN + name, DType.F32, axes));
        });
        OnnxOps.Edge states = backbone.hidden(
                        ops, new Inputs<>(ids, mask, types), group.sites(backbone, tasks, stacks::get))
                .last();
        ops.output(STATES, states, "rows", "tokens", Integer.toString(backbone.width()));
        return ops;
    }

    /**
     * From {@code last_hidden_state [rows, tokens, width]} and {@code attention_mask [rows, tokens]} to {@code logits
     * [rows, outputs]}, or {@code [rows, tokens, outputs]} for a task on tokens.
     */
    static OnnxOps head(Task task, int width, Weights weights) {
        OnnxOps ops = new OnnxOps("head." + task.name(), weights);
        OnnxOps.Edge states = ops.input(STATES, DType.F32, "rows", "tokens", Integer.toString(width));
        OnnxOps.Edge mask = ops.input(MASK, DType.I64, "rows", "tokens");
        OnnxOps.Edge logits = task.head(ops, new Hidden<>(List.of(states), mask));
        String[] axes =
                logits.rank() == 2 ? new String[] {"rows", "outputs"} : new String[] {"rows", "tokens", "outputs"};
        ops.output(LOGITS, logits, axes);
        return ops;
    }
}
