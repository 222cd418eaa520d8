package dev.polymath.task;

import dev.polymath.InputException;
import dev.polymath.Nearest;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The kinds of tasks there are. A new kind is one class and one line here. */
public final class TaskKinds {
    private static final List<TaskKind> ALL =
            List.of(new Classify(), new Multilabel(), new Ordinal(), new Regress(), new Tag());

    private TaskKinds() {}

    public static List<TaskKind> all() {
        return ALL;
    }

    public static Set<String> types() {
        Set<String> types = new TreeSet<>();
        for (TaskKind kind : ALL) types.add(kind.type());
        return types;
    }

    /** @throws InputException if there is no such kind */
    public static TaskKind named(String type) {
        for (TaskKind kind : ALL) if (kind.type().equals(type)) return kind;
        throw new InputException("there is no task type '" + type + "'; " + Nearest.suggest(type, types())
                + " There are " + String.join(", ", types()));
    }
}
