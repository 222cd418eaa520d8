package dev.polymath.run;

import dev.polymath.InputException;
import dev.polymath.task.Cut;
import dev.polymath.task.Embedder;
import dev.polymath.task.Task;
import java.util.ArrayList;
import java.util.LinkedHashSet;
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

    /**
     * The tasks of a model that it asks; those that give vectors cut as it says.
     *
     * @throws InputException if there is no such task, or it reads pairs and the input has no second text
     */
    List<Task> tasksOf(ModelFolder model) {
        if (cut.isNone()) return named(model);
        List<Task> asked = new ArrayList<>();
        for (Task task : named(model)) {
            asked.add(task instanceof Embedder each ? each.cut(cut, model.backbone()) : task);
        }
        return asked;
    }

    private List<Task> named(ModelFolder model) {
        boolean pair = input.text2() != null;
        if (tasks.isEmpty()) {
            return model.tasks().stream().filter(task -> pair || !task.pairs()).toList();
        }
        List<Task> asked = new ArrayList<>();
        for (String name : new LinkedHashSet<>(tasks)) {
            Task task = model.task(name);
            if (task.pairs() && !pair) throw needsPair(task, model);
            asked.add(task);
        }
        return asked;
    }

    private InputException needsPair(Task task, ModelFolder model) {
        List<String> single = model.tasks().stream()
                .filter(each -> !each.pairs())
                .map(Task::name)
                .toList();
        return new InputException("task '" + task.name() + "' reads pairs of texts, and '" + shortened(input.text())
                + "' has no second text"
                + (single.isEmpty() ? "" : "; tasks on single texts: " + String.join(", ", single)));
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= 40
                ? text
                : text.substring(0, text.offsetByCodePoints(0, 40)) + "…";
    }
}
