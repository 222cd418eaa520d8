package dev.polymath.task;

import dev.polymath.data.Scored;
import java.util.List;
import java.util.Map;

/** What a task says of a text; the shapes of section "prediction" of the contract. */
public sealed interface Answer {
    /** {@code classify}: the likeliest label, and the probability of every label (they sum to 1). */
    record Labelled(String label, Map<String, Double> scores) implements Answer {}

    /** {@code multilabel}: the labels over the threshold, and the probability of every label. */
    record MultiLabelled(List<String> labels, Map<String, Double> scores) implements Answer {}

    /** {@code ordinal}: the level decided on, the expected level (first level is 1), and each level's probability. */
    record Level(String label, double value, Map<String, Double> scores) implements Answer {}

    /** {@code regress}: a number in the units of the training data. */
    record Value(double value) implements Answer {}

    /** {@code tag}: labelled spans. {@code tags} has a tag for each word that was asked for, where words were given. */
    record Spans(List<Span> spans, List<String> tags) implements Answer {}

    /** {@code embed}: the text's vector, of length 1. */
    record Vector(float[] values) implements Answer {}

    /** {@code retrieve}, {@code rerank}: passages for a query, the best first. */
    record Ranked(List<Scored> passages) implements Answer {}

    /**
     * A labelled stretch of a text.
     *
     * @param start first UTF-16 unit
     * @param end one past the last UTF-16 unit
     * @param score mean probability of its tags
     */
    record Span(int start, int end, String text, String label, double score) {}
}
