package dev.polymath.run;

import dev.polymath.data.Example;
import dev.polymath.task.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is read for questions: each text once for all tasks that put the same before it. */
final class AskedTexts {
    private final List<Example> rows = new ArrayList<>();
    private final List<List<Task>> asked = new ArrayList<>();
    private final List<Integer> questions = new ArrayList<>();

    /** @param question its number */
    void add(int question, Input input, List<Task> tasks) {
        Map<String, List<Task>> byPrompt = new LinkedHashMap<>();
        for (Task task : tasks) {
            byPrompt.computeIfAbsent(task.prompt(), prompt -> new ArrayList<>()).add(task);
        }
        byPrompt.forEach((prompt, some) -> {
            rows.add(new Example(prompt + input.text(), input.text2(), null, 0));
            asked.add(some);
            questions.add(question);
        });
    }

    List<Example> rows() {
        return rows;
    }

    /** The tasks that are asked of each row. */
    List<List<Task>> asked() {
        return asked;
    }

    /** Which question each row is for. */
    List<Integer> questions() {
        return questions;
    }
}
