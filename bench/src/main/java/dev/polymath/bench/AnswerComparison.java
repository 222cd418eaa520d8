package dev.polymath.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * One answer beside another: all numbers within a tolerance, and all else the same. A label may differ where the two best scores
 * lie within the tolerance; then that place is counted as undecided.
 */
final class AnswerComparison {
    private final double tolerance;
    private final List<String> differences = new ArrayList<>();
    private double largest;
    private int undecided;

    AnswerComparison(double tolerance) {
        this.tolerance = tolerance;
    }

    /** Compares an answer of {@code /v1/predict} for one input with what the model gives in process. */
    synchronized void add(JsonNode actual, JsonNode expected, String which) {
        compare(actual, expected, which);
    }

    synchronized List<String> differences() {
        return List.copyOf(differences);
    }

    /** The largest difference of two numbers. */
    synchronized double largest() {
        return largest;
    }

    synchronized int undecided() {
        return undecided;
    }

    private void compare(JsonNode actual, JsonNode expected, String which) {
        if (actual == null || actual.getNodeType() != expected.getNodeType() || actual.size() != expected.size()) {
            differences.add(which + ": " + actual + " instead of " + expected);
        } else if (expected.isNumber()) {
            double difference = Math.abs(actual.asDouble() - expected.asDouble());
            largest = Math.max(largest, difference);
            if (!(difference <= tolerance)) differences.add(which + ": " + actual + " instead of " + expected);
        } else if (expected.isContainerNode()) {
            if (expected.has("scores")) label(actual, expected, which);
            for (Iterator<String> names = expected.fieldNames(); names.hasNext(); ) {
                String name = names.next();
                if (!(expected.has("scores") && name.equals("label")))
                    compare(actual.get(name), expected.get(name), which + "." + name);
            }
            if (expected.isArray())
                for (int i = 0; i < expected.size(); i++)
                    compare(actual.get(i), expected.get(i), which + "[" + i + "]");
        } else if (!actual.equals(expected)) {
            differences.add(which + ": " + actual + " instead of " + expected);
        }
    }

    private void label(JsonNode actual, JsonNode expected, String which) {
        if (!expected.has("label") || expected.get("label").equals(actual.get("label"))) return;
        double best = 0;
        double second = 0;
        for (JsonNode score : expected.get("scores")) {
            double value = score.asDouble();
            second = Math.max(second, Math.min(best, value));
            best = Math.max(best, value);
        }
        if (best - second <= tolerance) undecided++;
        else differences.add(which + ": " + actual.get("label") + " instead of " + expected.get("label"));
    }
}
