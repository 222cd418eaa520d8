package dev.polymath.sharing;

import dev.polymath.ops.Ops;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * A sharing part's weights, for a batch in which every row knows its task. Of one pass.
 *
 * @param <T> the interpreter's value
 */
public final class RowWeights<T> {
    private final int tasks;
    private final T taskOfRow;
    private final Learning learning;
    private final BiFunction<Ops<T>, String, T> shared;
    private final BiFunction<Ops<T>, String, T> all;
    private final Map<String, T> own = new HashMap<>();

    /**
     * @param tasks how many the part has
     * @param taskOfRow for each row the position of its task among the part's, integers {@code [rows]}
     * @param learning null where nothing is learned
     * @param shared finds a weight that all tasks share
     * @param all finds a weight that each task has its own of, {@code [tasks, ...]}
     */
    public RowWeights(
            int tasks,
            T taskOfRow,
            Learning learning,
            BiFunction<Ops<T>, String, T> shared,
            BiFunction<Ops<T>, String, T> all) {
        this.tasks = tasks;
        this.taskOfRow = taskOfRow;
        this.learning = learning;
        this.shared = shared;
        this.all = all;
    }

    /** A weight that all tasks share, as {@link Sharing#shared} shapes it. */
    public T shared(Ops<T> ops, String name) {
        return shared.apply(ops, name);
    }

    /** Each row's own, {@code [rows, ...]}, for a weight that {@link Sharing#own} shapes {@code [...]}. */
    public T own(Ops<T> ops, String name) {
        return own.computeIfAbsent(name, each -> ops.gather(all(ops, name), taskOfRow));
    }

    /** All tasks' own, {@code [tasks, ...]}. */
    public T all(Ops<T> ops, String name) {
        return all.apply(ops, name);
    }

    /** For each row the position of its task among the part's, integers {@code [rows]}. */
    public T taskOfRow() {
        return taskOfRow;
    }

    /** How many tasks the part has. In a graph this becomes a constant: only for a part that no task {@link Sharing#joins}. */
    public int tasks() {
        return tasks;
    }

    /** Where in a run this pass is; null where nothing is learned, which computes as if the run were over. */
    public Learning learning() {
        return learning;
    }

    /** Whether this pass learns, and in a stage. */
    public boolean learningIn(Stage stage) {
        return learning != null && stage.at(learning.progress());
    }
}
