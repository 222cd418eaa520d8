package dev.polymath.run;

import java.util.List;

/**
 * What is asked about a text or a pair.
 *
 * @param tasks names of tasks; with none, all tasks that apply
 */
public record Question(Input input, List<String> tasks) {
    public Question {
        tasks = List.copyOf(tasks);
    }
}
