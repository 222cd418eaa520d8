package dev.polymath.learn;

import dev.polymath.data.Example;
import dev.polymath.task.Task;
import java.util.List;

/**
 * A task with the rows to learn it from.
 *
 * @param train labelled rows to learn from
 * @param dev labelled rows to choose the best epoch by, and to fit thresholds on; may be empty
 */
public record TaskRows(Task task, List<Example> train, List<Example> dev) {
    public TaskRows {
        train = List.copyOf(train);
        dev = List.copyOf(dev);
        if (train.isEmpty()) throw new IllegalArgumentException(task.name() + " has no rows to learn from");
    }
}
