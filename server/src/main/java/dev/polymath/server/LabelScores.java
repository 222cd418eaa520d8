package dev.polymath.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.polymath.run.Prediction;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a task that classifies says of a text, as TEI and infinity write it: {@code [{"score","label"}]}, best first. */
final class LabelScores {
    private LabelScores() {}

    /** @param raw whether the head's outputs are meant where there is one a label, instead of probabilities */
    static void write(JsonGenerator json, Prediction prediction, Task task, boolean raw) throws IOException {
        List<Map.Entry<String, Double>> best = scores(prediction, task, raw).entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .toList();
        json.writeStartArray();
        for (Map.Entry<String, Double> each : best) {
            json.writeStartObject();
            json.writeNumberField("score", each.getValue().floatValue());
            json.writeStringField("label", each.getKey());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static Map<String, Double> scores(Prediction prediction, Task task, boolean raw) {
        float[] outputs = prediction.raw().get(task.name());
        if (raw && outputs != null && outputs.length == task.labels().size()) {
            Map<String, Double> scores = new LinkedHashMap<>();
            for (int i = 0; i < outputs.length; i++) scores.put(task.labels().get(i), (double) outputs[i]);
            return scores;
        }
        Answer answer = prediction.answers().get(task.name());
        if (answer instanceof Answer.Labelled labelled) return labelled.scores();
        if (answer instanceof Answer.MultiLabelled labelled) return labelled.scores();
        if (answer instanceof Answer.Level level) return level.scores();
        throw new IllegalStateException("task " + task.name() + " gives no labels");
    }
}
