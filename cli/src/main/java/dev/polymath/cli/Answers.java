package dev.polymath.cli;

import dev.polymath.task.Answer;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Answers as one line for people. */
final class Answers {
    private Answers() {}

    static String line(Answer answer) {
        if (answer instanceof Answer.Labelled labelled) {
            return labelled.label() + " " + percent(labelled.scores().get(labelled.label()));
        }
        if (answer instanceof Answer.MultiLabelled many) {
            return many.labels().isEmpty() ? "-" : scored(many);
        }
        if (answer instanceof Answer.Level level) {
            return level.label() + String.format(Locale.ROOT, " (%.1f)", level.value());
        }
        if (answer instanceof Answer.Value value) return String.format(Locale.ROOT, "%.2f", value.value());
        if (answer instanceof Answer.Vector vector) return vector.values().length + " numbers";
        Answer.Spans spans = (Answer.Spans) answer;
        return spans.spans().isEmpty()
                ? "-"
                : spans.spans().stream()
                        .map(span -> span.label() + " \"" + span.text() + "\"")
                        .collect(Collectors.joining(", "));
    }

    private static String scored(Answer.MultiLabelled many) {
        Map<String, Double> scores = many.scores();
        return many.labels().stream()
                .map(label -> label + " " + percent(scores.get(label)))
                .collect(Collectors.joining(", "));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
