package dev.polymath.project;

import dev.polymath.data.Example;
import dev.polymath.task.Task;
import java.util.List;

/**
 * A task with its examples; each has a label.
 *
 * @param spec what the project file says of it
 * @param task the task, made from the whole training file
 * @param train in the order of the file
 * @param dev from its own file, or a tenth of the training file; then empty where no label has two rows
 * @param test empty where the project names no test file
 * @param skipped rows without a label, of all files together
 */
public record TaskData(
        TaskSpec spec, Task task, List<Example> train, List<Example> dev, List<Example> test, long skipped) {
    public TaskData {
        train = List.copyOf(train);
        dev = List.copyOf(dev);
        test = List.copyOf(test);
    }
    /** The same with other test rows. */
    public TaskData withTest(List<Example> other) {
        return new TaskData(spec, task, train, dev, other, skipped);
    }
}
