package dev.polymath.learn.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.polymath.data.Scored;
import dev.polymath.task.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A task's answers to its test rows, cut down to what metrics read: without the scores of labels, which would make a
 * hundred times as much of them.
 *
 * @param kind the shape of answers: {@code label}, {@code labels}, {@code level}, {@code value},
 *     {@code tags}, {@code ranked}
 * @param values one an answer
 */
record StoredAnswers(String kind, ArrayNode values) {
    static StoredAnswers of(List<Answer> answers) {
        ArrayNode values = JsonNodeFactory.instance.arrayNode(answers.size());
        String kind = "label";
        for (Answer answer : answers) {
            if (answer instanceof Answer.Labelled labelled) {
                values.add(labelled.label());
            } else if (answer instanceof Answer.MultiLabelled labelled) {
                kind = "labels";
                labelled.labels().forEach(values.addArray()::add);
            } else if (answer instanceof Answer.Level level) {
                kind = "level";
                values.add(level.label());
            } else if (answer instanceof Answer.Value value) {
                kind = "value";
                values.add(value.value());
            } else if (answer instanceof Answer.Spans spans) {
                kind = "tags";
                spans.tags().forEach(values.addArray()::add);
            } else if (answer instanceof Answer.Ranked ranked) {
                kind = "ranked";
                ArrayNode passages = values.addArray();
                for (Scored passage : ranked.passages())
                    passages.addArray().add(passage.id()).add(passage.score());
            } else {
                throw new IllegalStateException("nothing is kept of " + answer);
            }
        }
        return new StoredAnswers(kind, values);
    }

    /** Answers of which metrics can be computed. */
    List<Answer> answers() {
        List<Answer> answers = new ArrayList<>(values.size());
        for (JsonNode value : values) {
            answers.add(
                    switch (kind) {
                        case "label" -> new Answer.Labelled(value.asText(), Map.of());
                        case "labels" -> new Answer.MultiLabelled(texts(value), Map.of());
                        case "level" -> new Answer.Level(value.asText(), Double.NaN, Map.of());
                        case "value" -> new Answer.Value(value.asDouble());
                        case "ranked" -> new Answer.Ranked(passages(value));
                        case "tags" -> new Answer.Spans(List.of(), texts(value));
                        default -> throw new IllegalArgumentException("there is no answer of kind " + kind);
                    });
        }
        return answers;
    }

    private static List<Scored> passages(JsonNode array) {
        List<Scored> passages = new ArrayList<>(array.size());
        for (JsonNode each : array) {
            passages.add(new Scored(each.get(0).asText(), each.get(1).asDouble()));
        }
        return passages;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>(array.size());
        for (JsonNode each : array) texts.add(each.asText());
        return texts;
    }
}
