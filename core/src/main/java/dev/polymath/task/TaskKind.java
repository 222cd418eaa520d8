package dev.polymath.task;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.data.Example;
import dev.polymath.data.Row;
import dev.polymath.model.Backbone;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.TaskSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A kind of task: how its rows are read and how a {@link Task} is made. */
public interface TaskKind {
    /** Its name in the project file. */
    String type();

    /** One line for {@code polymath parts}. */
    String summary();

    /** Keys of a task in the project file that this kind reads beside {@code type}, {@code train}, {@code dev}, {@code test}. */
    Set<String> keys();

    /** Those of {@link #keys} that name a file; their settings are absolute. */
    default Set<String> files() {
        return Set.of();
    }

    /** Keys of a task in the project file that have knobs alone: parts of the key's own name. */
    default Set<String> sections() {
        return Set.of();
    }

    /** Keys of a task in the project file that name a part. */
    default Set<String> parts() {
        return Set.of();
    }

    /**
     * Whether its rows come from a BEIR folder, which the key {@code data} names, in place of files that {@code train},
     * {@code dev} and {@code test} name.
     */
    default boolean readsFolder() {
        return false;
    }

    /**
     * The rows of a split of a BEIR folder.
     *
     * @param judgements {@code qrels/SPLIT.tsv}
     * @param learns whether they are to be learned from, or to measure by
     * @throws dev.polymath.InputException with what is wrong in the folder
     */
    default List<Example> examples(TaskSpec spec, Path judgements, boolean learns) {
        throw new IllegalStateException(type() + " does not read folders");
    }

    /** Tasks that the project has because it has this one, in addition to those that it declares. */
    default List<TaskSpec> beside(TaskSpec spec) {
        return List.of();
    }

    /** Rows to learn from as rows to measure by. */
    default List<Example> measured(List<Example> rows) {
        return rows;
    }

    /** The keys among {@link #keys} that must be there. */
    Set<String> required();

    /**
     * Reads one row.
     *
     * @return the example; its label is null where the row has none
     * @throws dev.polymath.InputException if the row cannot be read; names file, line, value and the nearest choice
     */
    Example example(TaskSpec spec, Row row);

    /**
     * Makes the task from its training examples (which give the labels where the spec does not).
     *
     * @throws dev.polymath.InputException if the examples cannot make a task (a single label, no row with a label)
     */
    Task create(TaskSpec spec, List<Example> train);

    /**
     * Checks what a task asks of a backbone.
     *
     * @throws dev.polymath.InputException if it has not that; names the value and the range
     */
    default void check(TaskSpec spec, Backbone backbone) {
        if (parts().contains(Poolings.KEY)) Poolings.of(spec).check(backbone);
    }

    /** Makes the task again from what {@link Task#state} kept. */
    Task restore(String name, ObjectNode state);

    /** Problems of labelled examples of another split against a task made from the training split. */
    List<String> problems(Task task, Example example);
}
