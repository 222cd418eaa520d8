package dev.polymath.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.task.Answer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model says of a text.
 *
 * @param text the text as given
 * @param text2 the second text of a pair, or null
 * @param answers by task, in the order asked for
 * @param tokens how many the text has, special ones included, as far as it was read: of several tasks the most
 * @param truncated whether some task read less than the whole text, since that is too long
 * @param raw what the heads gave, by task: {@code [outputs]}, or {@code [tokens * outputs]}; empty unless asked for
 */
public record Prediction(
        String text,
        String text2,
        Map<String, Answer> answers,
        int tokens,
        boolean truncated,
        Map<String, float[]> raw) {
    public Prediction {
        raw = Map.copyOf(raw);
        answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
    }

    /**
     * The line that {@code polymath predict} prints: {@code {"text":...,"tasks":{"intent":{"label":...},...}}}, with {@code
     * "truncated":true} where it is, and {@code "raw":[...]} within a task where the heads' outputs were asked for.
     */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("text", text);
        if (text2 != null) json.put("text2", text2);
        if (truncated) json.put("truncated", true);
        ObjectNode tasks = json.putObject("tasks");
        answers.forEach((task, answer) -> {
            ObjectNode said = tasks.putObject(task);
            write(answer, said);
            if (raw.containsKey(task)) {
                var outputs = said.putArray("raw");
                for (float value : raw.get(task)) outputs.add(value);
            }
        });
        return json;
    }

    private static void write(Answer answer, ObjectNode json) {
        if (answer instanceof Answer.Labelled labelled) {
            json.put("label", labelled.label());
            labelled.scores().forEach(json.putObject("scores")::put);
        } else if (answer instanceof Answer.MultiLabelled labelled) {
            labelled.labels().forEach(json.putArray("labels")::add);
            labelled.scores().forEach(json.putObject("scores")::put);
        } else if (answer instanceof Answer.Level level) {
            json.put("label", level.label()).put("value", level.value());
        } else if (answer instanceof Answer.Value value) {
            json.put("value", value.value());
        } else if (answer instanceof Answer.Spans spans) {
            var array = json.putArray("spans");
            for (Answer.Span span : spans.spans()) {
                array.addObject()
                        .put("start", span.start())
                        .put("end", span.end())
                        .put("text", span.text())
                        .put("label", span.label())
                        .put("score", span.score());
            }
        } else if (answer instanceof Answer.Vector vector) {
            var array = json.putArray("vector");
            for (float value : vector.values()) array.add(value);
        } else {
            throw new IllegalStateException("no line is written of " + answer);
        }
    }
}
