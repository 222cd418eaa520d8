package dev.polymath.run;

import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.model.Inputs;
import dev.polymath.ops.OnnxOps;
import dev.polymath.sharing.Sharing;
import dev.polymath.task.Task;
import dev.polymath.weights.DType;
import dev.polymath.weights.Weights;
import java.util.List;

/**
 * The graphs of a model folder: one trunk, which all tasks share, and one head a task, which reads what the trunk gives.
 * So a text passes the trunk once, whatever is asked of it, and a new task leaves the files of the others alone. Where the
 * sharing part tells tasks apart below the heads, the trunk reads each row's task too, and a text passes it once a task.
 */
final class ServingGraphs {
    static final String IDS = "input_ids";
    static final String MASK = "attention_mask";
    static final String TYPES = "token_type_ids";
    /** The position of each row's task in the model, where the sharing part asks for it. */
    static final String TASKS = "tasks";

    static final String STATES = "last_hidden_state";
    static final String LOGITS = "logits";

    private ServingGraphs() {}

    /**
     * From {@code input_ids}, {@code attention_mask} and {@code token_type_ids}, integers {@code [rows, tokens]}, and where
     * the sharing part depends on it {@code tasks}, integers {@code [rows]}, to {@code last_hidden_state [rows, tokens,
     * width]}.
     */
    static OnnxOps trunk(Backbone backbone, Sharing sharing, Weights weights) {
        OnnxOps ops = new OnnxOps("trunk", weights);
        OnnxOps.Edge ids = ops.input(IDS, DType.I64, "rows", "tokens");
        OnnxOps.Edge mask = ops.input(MASK, DType.I64, "rows", "tokens");
        OnnxOps.Edge types = ops.input(TYPES, DType.I64, "rows", "tokens");
        OnnxOps.Edge tasks = sharing.byTask() ? ops.input(TASKS, DType.I64, "rows") : null;
        OnnxOps.Edge states = backbone.hidden(ops, new Inputs<>(ids, mask, types), sharing.sites(tasks))
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
