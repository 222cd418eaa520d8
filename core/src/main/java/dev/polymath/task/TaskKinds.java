package dev.polymath.task;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.Nearest;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The kinds of tasks that projects have. A new kind is one class and one line here. */
public final class TaskKinds {
    private static final List<TaskKind> ALL = List.of(
            new Classify(),
            new Multilabel(),
            new Ordinal(),
            new Regress(),
            new Tag(),
            new Embed(),
            new Retrieve(),
            new Rerank(),
            new Quality());

    private TaskKinds() {}

    public static List<TaskKind> all() {
        return ALL;
    }

    public static Set<String> types() {
        Set<String> types = new TreeSet<>();
        for (TaskKind kind : ALL) types.add(kind.type());
        return types;
    }

    /**
     * Makes a task of a model again from what {@link Task#state} kept.
     *
     * @throws InputException if there is no such kind
     */
    public static Task restored(String type, String name, ObjectNode state) {
        return named(type).restore(name, state);
    }

    /** @throws InputException if there is no such kind */
    public static TaskKind named(String type) {
        for (TaskKind kind : ALL) if (kind.type().equals(type)) return kind;
        throw new InputException("there is no task type '" + type + "'; " + Nearest.suggest(type, types())
                + " There are " + String.join(", ", types()));
    }
}
