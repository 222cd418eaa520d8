package dev.polymath.run;

import java.util.List;

/**
 * What is asked about a text or a pair.
 *
 * @param tasks names of tasks; with none, all tasks that apply
 * @param raw whether the prediction is to have what the heads gave too
 */
public record Question(Input input, List<String> tasks, boolean raw) {
    public Question {
        tasks = List.copyOf(tasks);
    }

    /** For the answers alone. */
    public Question(Input input, List<String> tasks) {
        this(input, tasks, false);
    }
}
