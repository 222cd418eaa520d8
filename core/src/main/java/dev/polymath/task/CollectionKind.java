package dev.polymath.task;

import dev.polymath.data.Example;
import dev.polymath.data.Row;
import dev.polymath.project.TaskSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What kinds of task on a collection, a BEIR folder, have in common: the keys {@code data}, {@code wrong}. */
interface CollectionKind extends TaskKind {
    @Override
    default Set<String> files() {
        return Set.of("wrong");
    }

    @Override
    default Set<String> required() {
        return Set.of("data");
    }

    @Override
    default boolean readsFolder() {
        return true;
    }

    @Override
    default Example example(TaskSpec spec, Row row) {
        throw new IllegalStateException(type() + " reads folders");
    }

    @Override
    default List<String> problems(Task task, Example example) {
        return List.of();
    }

    /** The file of wrong passages, or null. */
    default Path wrong(TaskSpec spec) {
        String name = spec.setting("wrong");
        return name == null ? null : Path.of(name);
    }
}
