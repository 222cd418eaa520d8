package dev.polymath.run;

import dev.polymath.task.Cut;
import java.util.List;

/**
 * What is asked about a text or a pair.
 *
 * @param tasks names of tasks; with none, all tasks that apply
 * @param raw whether the prediction is to have what the heads gave too
 * @param cut which of their vectors tasks that give some shall give
 */
public record Question(Input input, List<String> tasks, boolean raw, Cut cut) {
    public Question {
        tasks = List.copyOf(tasks);
    }

    /** For whole vectors. */
    public Question(Input input, List<String> tasks, boolean raw) {
        this(input, tasks, raw, Cut.NONE);
    }

    /** For the answers alone. */
    public Question(Input input, List<String> tasks) {
        this(input, tasks, false);
    }
}
