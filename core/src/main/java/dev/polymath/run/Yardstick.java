package dev.polymath.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.run.Quantization.Measured;
import dev.polymath.task.Cosine;
import dev.polymath.task.Task;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What {@link Quantizer} measures tasks by, in either precision. */
interface Yardstick {
    /** The rows of each task that is measured. */
    Map<String, List<Example>> all();

    /** The tasks that are measured. */
    default Set<String> tasks() {
        return all().keySet();
    }

    /** Rows of a task, which its outputs are looked at for. */
    default List<Example> rows(String task) {
        return all().get(task);
    }

    /**
     * Tasks in the precision that the model was opened in; the number stands in {@link Measured#fp32} and {@link
     * Measured#int8} alike.
     *
     * @param tasks some of {@link #tasks()}
     */
    Map<String, Measured> measured(Polymath polymath, Collection<String> tasks);

    /**
     * Each task's primary metric on labelled rows.
     *
     * @throws InputException if a task of the model has none
     */
    static Yardstick metrics(ModelFolder model, Map<String, List<Example>> rows) {
        List<String> lacking = new ArrayList<>();
        Map<String, List<Example>> inOrder = new LinkedHashMap<>();
        for (Task task : model.tasks()) {
            List<Example> own = rows.getOrDefault(task.name(), List.of());
            if (own.stream().noneMatch(row -> row.label() != null)) lacking.add(task.name());
            inOrder.put(task.name(), own);
        }
        if (!lacking.isEmpty()) {
            throw new InputException(
                    "there are no labelled rows to measure what int8 costs these tasks: " + String.join(", ", lacking));
        }
        return new Metrics(inOrder);
    }

    /**
     * The mean over rows of the cosine between a task's outputs and those that it had when it was measured first.
     *
     * @param rows that every task of the model reads; labels do not count
     */
    static Yardstick cosines(ModelFolder model, List<Example> rows) {
        Map<String, List<Example>> all = new LinkedHashMap<>();
        for (Task task : model.tasks()) all.put(task.name(), rows);
        return new Cosines(all, new LinkedHashMap<>());
    }

    /** See {@link #metrics}. */
    record Metrics(Map<String, List<Example>> all) implements Yardstick {
        @Override
        public Map<String, Measured> measured(Polymath polymath, Collection<String> tasks) {
            Map<String, List<Example>> own = new LinkedHashMap<>();
            for (String task : tasks) own.put(task, rows(task));
            Map<String, Measured> measured = new LinkedHashMap<>();
            Evaluation.evaluate(polymath, "dev", own).properties().forEach(task -> {
                JsonNode metrics = task.getValue().path("dev");
                Map.Entry<String, JsonNode> primary = metrics.properties().stream()
                        .filter(metric -> !metric.getKey().equals("n"))
                        .findFirst()
                        .orElseThrow();
                double value = primary.getValue().asDouble(Double.NaN);
                measured.put(
                        task.getKey(),
                        new Measured(primary.getKey(), metrics.get("n").asInt(), value, value));
            });
            return measured;
        }
    }

    /**
     * See {@link #cosines}.
     *
     * @param first outputs of the first measurement, by task
     */
    record Cosines(Map<String, List<Example>> all, Map<String, List<float[]>> first) implements Yardstick {
        @Override
        public Map<String, Measured> measured(Polymath polymath, Collection<String> tasks) {
            Map<String, Measured> measured = new LinkedHashMap<>();
            for (String name : tasks) {
                List<float[]> outputs = polymath.outputs(polymath.folder().task(name), rows(name));
                List<float[]> before = first.computeIfAbsent(name, each -> outputs);
                double sum = 0;
                for (int i = 0; i < outputs.size(); i++) sum += Cosine.of(before.get(i), outputs.get(i));
                double mean = sum / outputs.size();
                measured.put(name, new Measured("cosine_to_fp32", outputs.size(), mean, mean));
            }
            return measured;
        }
    }
}
