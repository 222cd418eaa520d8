package dev.polymath.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code quantization.json} says: how a model's tasks answer in int8. Tasks that it does not have are served in F32.
 *
 * @param limit the most that a task was allowed to lose, in points (hundredths of its primary metric)
 * @param tasks what was measured on the rows held out for choosing (dev), by task
 * @param kept sites whose linear maps stay in F32, because tasks lost too much with them in int8; from below
 * @param quantized sites whose linear maps are in int8
 * @param seconds that measuring and choosing took
 */
public record Quantization(
        double limit, Map<String, Measured> tasks, List<String> kept, List<String> quantized, double seconds) {
    /**
     * A task in both precisions.
     *
     * @param metric the name of its primary metric
     * @param rows measured on
     * @param fp32 the metric in F32; NaN where the rows do not define it
     * @param int8 the same in int8
     */
    public record Measured(String metric, int rows, double fp32, double int8) {
        /** What int8 costs, in points; below 0 where it is better, 0 where the rows define no metric. */
        public double loss() {
            if (Double.isNaN(fp32)) return 0;
            return Double.isNaN(int8) ? Double.POSITIVE_INFINITY : 100 * (fp32 - int8);
        }
    }

    public Quantization {
        tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
        kept = List.copyOf(kept);
        quantized = List.copyOf(quantized);
    }

    /** Tasks that lose more than the limit. */
    List<String> losing() {
        return tasks.keySet().stream()
                .filter(task -> tasks.get(task).loss() > limit)
                .toList();
    }

    Quantization without(Collection<String> gone) {
        Map<String, Measured> left = new LinkedHashMap<>(tasks);
        left.keySet().removeAll(gone);
        return new Quantization(limit, left, kept, quantized, seconds);
    }

    /** As the file has it. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("limit", limit).put("seconds", seconds);
        ObjectNode nodes = json.putObject("tasks");
        tasks.forEach((task, measured) -> {
            ObjectNode node = nodes.putObject(task);
            node.put("metric", measured.metric).put("n", measured.rows);
            put(node, "fp32", measured.fp32);
            put(node, "int8", measured.int8);
        });
        kept.forEach(json.putArray("kept_in_fp32")::add);
        quantized.forEach(json.putArray("int8")::add);
        return json;
    }

    static Quantization of(JsonNode json) {
        Map<String, Measured> tasks = new LinkedHashMap<>();
        json.path("tasks").properties().forEach(entry -> {
            JsonNode node = entry.getValue();
            tasks.put(
                    entry.getKey(),
                    new Measured(
                            node.path("metric").asText(),
                            node.path("n").asInt(),
                            node.path("fp32").asDouble(Double.NaN),
                            node.path("int8").asDouble(Double.NaN)));
        });
        return new Quantization(
                json.path("limit").asDouble(),
                tasks,
                texts(json.path("kept_in_fp32")),
                texts(json.path("int8")),
                json.path("seconds").asDouble());
    }

    private static void put(ObjectNode node, String key, double value) {
        if (Double.isNaN(value)) node.putNull(key);
        else node.put(key, value);
    }

    private static List<String> texts(JsonNode json) {
        List<String> texts = new ArrayList<>();
        json.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
