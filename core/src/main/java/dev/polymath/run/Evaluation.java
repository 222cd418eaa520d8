package dev.polymath.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.model.Backbone;
import dev.polymath.task.Answer;
import dev.polymath.task.Cut;
import dev.polymath.task.Embedder;
import dev.polymath.task.Outputs;
import dev.polymath.task.Task;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Measures a model against labelled rows. */
public final class Evaluation {
    /** The member of a task in {@code report.json} that has {@link #nested}. */
    public static final String NESTED = "matryoshka";

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
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        rows.forEach((name, examples) -> evaluate(model, split, model.folder().task(name), examples, report));
        return report;
    }

    /**
     * As {@link #evaluate(Polymath, String, Map)}, of those tasks alone that can be cut so.
     *
     * @throws InputException if none can
     */
    public static ObjectNode evaluate(Polymath model, String split, Map<String, List<Example>> rows, Cut cut) {
        if (cut.isNone()) return evaluate(model, split, rows);
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        InputException misfit = new InputException("no task with rows gives vectors, which alone can be cut");
        for (Map.Entry<String, List<Example>> each : rows.entrySet()) {
            if (!(model.folder().task(each.getKey()) instanceof Embedder task)) continue;
            try {
                Embedder shorter = task.cut(cut, model.folder().backbone());
                evaluate(model, split, shorter, each.getValue(), report);
            } catch (InputException e) {
                misfit = e;
            }
        }
        if (report.isEmpty()) throw misfit;
        return report;
    }

    private static void evaluate(Polymath model, String split, Task task, List<Example> examples, ObjectNode report) {
        List<Example> labelled = labelled(examples);
        ObjectNode metrics =
                report.putObject(task.name()).put("type", task.type()).putObject(split);
        metrics.put("n", labelled.size());
        if (labelled.isEmpty()) return;
        task.metrics(labelled, model.answers(task, labelled)).forEach((metric, value) -> put(metrics, metric, value));
    }

    private static List<Example> labelled(List<Example> examples) {
        return examples.stream().filter(example -> example.label() != null).toList();
    }

    private static void put(ObjectNode metrics, String metric, double value) {
        if (Double.isFinite(value)) metrics.put(metric, value);
        else metrics.putNull(metric);
    }

    /**
     * How good each vector within a task's vectors is, by its primary metric: {@code [{"depth":6,"dimensions":384,
     * "spearman":0.84}, ...]}, the deepest and widest first. Texts pass once a depth.
     *
     * @return null where the task has no such vectors, or there is no labelled row
     * @throws InputException if the model has no such task
     */
    public static ArrayNode nested(Polymath model, String name, List<Example> examples) {
        List<Example> labelled = labelled(examples);
        if (!(model.folder().task(name) instanceof Embedder task) || task.nested() == null || labelled.isEmpty())
            return null;
        Backbone backbone = model.folder().backbone();
        TreeSet<Integer> widths = new TreeSet<>(task.nested().widths());
        widths.add(task.pooling().width(backbone.width()));
        ArrayNode table = JsonNodeFactory.instance.arrayNode();
        for (int depth : new TreeSet<>(task.nested().depths(backbone.layers())).descendingSet()) {
            Embedder shallow = task.cut(new Cut(0, depth), backbone);
            Outputs outputs = model.measured(shallow, labelled);
            for (int width : widths.descendingSet()) {
                List<Answer> answers =
                        shallow.answers(labelled, outputs.with(vector -> Embedder.shortened(vector, width)));
                ObjectNode row = table.addObject().put("depth", depth).put("dimensions", width);
                shallow.metrics(labelled, answers).entrySet().stream()
                        .limit(1)
                        .forEach(primary -> put(row, primary.getKey(), primary.getValue()));
            }
        }
        return table;
    }
}
