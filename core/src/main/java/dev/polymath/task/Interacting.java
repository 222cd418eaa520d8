package dev.polymath.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.data.Scored;
import dev.polymath.interaction.Forms;
import dev.polymath.interaction.Interaction;
import dev.polymath.model.Hidden;
import dev.polymath.ops.Ops;
import dev.polymath.project.PartSpec;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * How well a passage answers a query, by what the model has of each when it reads it by itself: a task of type {@code rerank}
 * whose form is an {@link Interaction}. {@link Rerank} has the data, the losses and the metrics.
 *
 * @param name the task's
 * @param form a part of {@link Forms}, with all its knobs
 * @param loss {@code listwise} or {@code pointwise}
 * @param pairsOfRow the passages that a row to learn from has, the answer among them
 */
public record Interacting(String name, PartSpec form, String loss, int pairsOfRow) implements Task {
    private static final int QUERY = 0;
    private static final int PASSAGE = 1;
    private static final int ANSWERS = 2;
    private static final int COLUMNS = 3;

    static Interacting restored(String name, ObjectNode state) {
        Map<String, Object> knobs = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> knob : state.get("form").properties()) {
            if (knob.getValue().isNumber())
                knobs.put(knob.getKey(), knob.getValue().doubleValue());
        }
        return new Interacting(
                name,
                new PartSpec(state.get("form").get("type").asText(), knobs),
                state.get("loss").asText(),
                state.get("pairs_a_row").asInt());
    }

    /** What compares. */
    public Interaction interaction() {
        return (Interaction) Forms.CATALOGUE.make(form);
    }

    @Override
    public String type() {
        return Rerank.TYPE;
    }

    @Override
    public boolean pairs() {
        return true;
    }

    @Override
    public boolean together() {
        return false;
    }

    @Override
    public List<String> labels() {
        return List.of();
    }

    /** The query, and the passages that it is compared with. */
    @Override
    public List<Sequence> sequences(Example row) {
        List<Sequence> sequences = new ArrayList<>();
        sequences.add(new Sequence(row.text(), null));
        for (String passage : passages(row)) sequences.add(new Sequence(passage, null));
        return sequences;
    }

    private static List<String> passages(Example row) {
        if (!(row.label() instanceof Label.Judged judged)) return List.of(row.text2());
        if (judged.match() != null) return Embedder.others(row);
        return judged.candidates().stream().map(id -> judged.corpus().text(id)).toList();
    }

    // ---- the network

    @Override
    public Weights initial(int width, SplittableRandom random) {
        return interaction().initial(name, width, random);
    }

    @Override
    public <T> T head(Ops<T> ops, Hidden<T> hidden) {
        return interaction().items(ops, name, hidden);
    }

    /** The scores of pairs, as {@link Interaction#scores} has them. */
    public <T> T scores(Ops<T> ops, T queries, T queryMask, T passages, T passageMask) {
        return interaction().scores(ops, name, queries, queryMask, passages, passageMask);
    }

    /**
     * Values, integers {@code [pairs, 3]}: which sequence is a pair's query, which its passage, and 1 where that answers.
     * Weights {@code [sequences, tokens]}: 1 for a token and 0 for padding.
     */
    @Override
    public Target target(List<Example> examples, List<Encoding> encodings, int tokens) {
        List<long[]> pairs = new ArrayList<>();
        int at = 0;
        for (Example row : examples) {
            int count = sequences(row).size();
            for (int i = 1; i < count; i++) {
                boolean answers = i == 1 && Embedder.match(row) != null;
                pairs.add(new long[] {at, at + i, answers ? 1 : 0});
            }
            at += count;
        }
        long[] values = pairs.stream().flatMapToLong(Arrays::stream).toArray();
        float[] mask = new float[encodings.size() * tokens];
        for (int i = 0; i < encodings.size(); i++) {
            Arrays.fill(mask, i * tokens, i * tokens + encodings.get(i).length(), 1);
        }
        return new Target(Array.of(values, pairs.size(), COLUMNS), Array.of(mask, encodings.size(), tokens));
    }

    /** @param output {@code [sequences, vectors + tokens, size]} */
    @Override
    public <T> T loss(Ops<T> ops, T output, T values, T weights) {
        int vectors = interaction().vectors();
        T query = column(ops, values, QUERY);
        T passage = column(ops, values, PASSAGE);
        T items = ops.slice(output, 1, vectors, Long.MAX_VALUE);
        T kept = vectors > 0 ? ops.slice(output, 1, 0, vectors) : items;
        T passageMask = vectors > 0 ? null : ops.gather(weights, passage);
        T scores = scores(
                ops, ops.gather(items, query), ops.gather(weights, query), ops.gather(kept, passage), passageMask);
        T answers = ops.toFloat(column(ops, values, ANSWERS));
        if (loss.equals(Rerank.POINTWISE)) return Losses.pointwise(ops, scores, answers);
        T rows = ops.toFloat(query);
        T apart = ops.abs(ops.subtract(ops.reshape(rows, -1, 1), ops.reshape(rows, 1, -1)));
        return Losses.listwise(ops, scores, answers, ops.relu(ops.affine(apart, -1, 1)));
    }

    private static <T> T column(Ops<T> ops, T values, int column) {
        return ops.reshape(ops.slice(values, 1, column, column + 1), -1);
    }

    @Override
    public double chance() {
        return Losses.ofGuessing(loss.equals(Rerank.POINTWISE) ? 2 : pairsOfRow);
    }

    // ---- what is had of texts

    /**
     * What a passage is compared by.
     *
     * @param output the head's of the passage, without padding
     * @param width the backbone's
     */
    public float[] kept(float[] output, int width) {
        int vectors = interaction().vectors();
        return vectors == 0
                ? output
                : Arrays.copyOf(output, vectors * interaction().size(width));
    }

    /** What a query is compared by; see {@link #kept}. */
    public float[] asked(float[] output, int width) {
        int from = interaction().vectors() * interaction().size(width);
        return from == 0 ? output : Arrays.copyOfRange(output, from, output.length);
    }

    // ---- answers

    /** A score as it is; a sigmoid makes a probability of it where it was learned pointwise. */
    @Override
    public Answer decode(float[] output, Encoding encoding, Example example) {
        return new Answer.Value(output[0]);
    }

    @Override
    public List<Answer> answers(List<Example> rows, Outputs outputs) {
        throw new IllegalStateException("task '" + name + "' answers by comparing texts");
    }

    /** Of pairs their scores; of queries their candidates, the best first. */
    public List<Answer> answers(List<Example> rows, TextComparison comparison) {
        List<Answer> answers = new ArrayList<>();
        for (Example row : rows) {
            List<String> passages = passages(row);
            double[] scores = comparison.scores(row.text(), passages);
            answers.add(
                    row.label() instanceof Label.Judged judged && judged.match() == null
                            ? ranked(judged.candidates(), scores)
                            : new Answer.Value(scores[0]));
        }
        return answers;
    }

    private static Answer ranked(List<String> ids, double[] scores) {
        List<Scored> scored = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) scored.add(new Scored(ids.get(i), scores[i]));
        scored.sort(Scored.BEST_FIRST);
        return new Answer.Ranked(scored);
    }

    @Override
    public Map<String, Double> metrics(List<Example> examples, List<Answer> answers) {
        return Ranking.ofPassages(examples, answers);
    }

    @Override
    public ObjectNode state() {
        ObjectNode state = JsonNodeFactory.instance.objectNode();
        ObjectNode knobs = state.putObject("form").put("type", form.type());
        new TreeMap<>(form.knobs()).forEach((knob, value) -> knobs.put(knob, (Double) value));
        return state.put("loss", loss).put("pairs_a_row", pairsOfRow);
    }
}
