package dev.polymath.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.data.Example;
import dev.polymath.task.Task;
import java.util.List;
import java.util.Map;

/** Measures a model against labelled rows. */
public final class Evaluation {
    private Evaluation() {}

    /**
     * The metrics of each task in the shape of {@code report.json}'s {@code tasks}: {@code {"intent":{"type":"classify",
     * "test":{"n":500,"accuracy":0.94,...}}}}. Rows without a label do not count; a metric that these rows do not define
     * is null.
     *
     * @param split what to call the rows: {@code test}, {@code dev}, ...
     * @param rows examples by task
     * @throws dev.polymath.InputException if the model has no such task
     */
    public static ObjectNode evaluate(Polymath model, String split, Map<String, List<Example>> rows) {
        return evaluate(model, split, rows, 0);
    }

    /**
     * As {@link #evaluate(Polymath, String, Map)}, by the first numbers of vectors alone.
     *
     * @param dimensions how many, for tasks that give vectors; 0 for all
     */
    public static ObjectNode evaluate(Polymath model, String split, Map<String, List<Example>> rows, int dimensions) {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        rows.forEach((name, examples) -> {
            Task task = model.folder().task(name);
            List<Example> labelled =
                    examples.stream().filter(example -> example.label() != null).toList();
            ObjectNode metrics = report.putObject(name).put("type", task.type()).putObject(split);
            metrics.put("n", labelled.size());
            if (labelled.isEmpty()) return;
            task.metrics(labelled, model.answers(task, labelled, dimensions)).forEach((metric, value) -> {
                if (Double.isFinite(value)) metrics.put(metric, value);
                else metrics.putNull(metric);
            });
        });
        return report;
    }
}
