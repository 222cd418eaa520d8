package dev.polymath.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.embedding.EmbeddingLoss;
import dev.polymath.embedding.EmbeddingLosses;
import dev.polymath.embedding.Matryoshka;
import dev.polymath.embedding.NestedMaps;
import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.model.Reading;
import dev.polymath.ops.Ops;
import dev.polymath.pooling.Pooling;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.PartSpec;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The vector of a text: {@code v = pool(h) / |pool(h)|}, for states {@code h [rows, tokens, width]} a row of length 1,
 * {@code [rows, width]}. It learns from rows of two texts or more, each of which passes the backbone by itself: the first,
 * the second, and those that are known not to belong to the first.
 *
 * <p>Source: N. Reimers and I. Gurevych, Sentence-BERT, 2019, arXiv:1908.10084; prompts by side: L. Wang et al., E5, 2022,
 * arXiv:2212.03533; as instructions: A. Asai et al., TART, 2022, arXiv:2211.09260.
 *
 * @param name the task's
 * @param type {@code embed}, or {@code retrieve} where the second text is a passage of a corpus
 * @param pooling from the tokens' states to the text's
 * @param loss what it is learned by, a part of {@link EmbeddingLosses}
 * @param batchRows rows that learn together
 * @param prompts what goes before a text, by side; part of the model, so that whoever uses it cannot forget it
 * @param scored whether its rows are pairs with a score
 * @param matryoshka which of a vector's first numbers, and vectors of which layers, are learned as vectors too, a part of
 *     {@link Matryoshka}; null for none
 * @param cut which of these vectors it gives
 */
public record Embedder(
        String name,
        String type,
        Pooling pooling,
        PartSpec loss,
        int batchRows,
        Map<Side, String> prompts,
        boolean scored,
        PartSpec matryoshka,
        Cut cut)
        implements Task {
    /** Which of two texts that are compared. */
    public enum Side {
        /** What is asked: the first text. */
        QUERY,
        /** What answers: the second text, and those that do not. */
        PASSAGE
    }

    static final int BATCH_ROWS = 64;
    private static final double SHORTEST = 1e-12;
    /** Keys of the state that are knobs of {@link Matryoshka}. */
    private static final List<String> NESTED = List.of("widths", "layers");

    /** Of models that were learned before there were such maps it is not there. */
    private static final String FITTED = "fitted";

    public Embedder {
        prompts = Map.copyOf(prompts);
    }

    /** One that gives whole vectors. */
    public Embedder(
            String name,
            String type,
            Pooling pooling,
            PartSpec loss,
            int batchRows,
            Map<Side, String> prompts,
            boolean scored,
            PartSpec matryoshka) {
        this(name, type, pooling, loss, batchRows, prompts, scored, matryoshka, Cut.NONE);
    }

    /** One that is not to be learned: what a backbone gives as it is. */
    public Embedder(String name, Pooling pooling) {
        this(name, Embed.TYPE, pooling, new PartSpec("cosine", Map.of()), BATCH_ROWS, Map.of(), true, null);
    }

    static Embedder restored(String type, String name, ObjectNode state) {
        Map<Side, String> prompts = new LinkedHashMap<>();
        for (Side side : Side.values()) {
            if (state.path("prompts").has(key(side))) {
                prompts.put(side, state.get("prompts").get(key(side)).asText());
            }
        }
        return new Embedder(
                name,
                type,
                Poolings.restored(state),
                new PartSpec(state.path("loss").asText("cosine"), Map.of()),
                BATCH_ROWS,
                prompts,
                state.path("scored").asBoolean(true),
                matryoshka(state));
    }

    /** Kept, since what a model says of a task must not change when another one joins it. */
    private static PartSpec matryoshka(ObjectNode state) {
        Map<String, Object> kept = new LinkedHashMap<>();
        for (String knob : NESTED) {
            List<Integer> numbers = new ArrayList<>();
            for (JsonNode number : state.path(knob)) numbers.add(number.asInt());
            if (!numbers.isEmpty()) kept.put(knob, numbers);
        }
        if (kept.isEmpty()) return null;
        kept.put(FITTED, state.path(FITTED).asBoolean(false));
        return new PartSpec(Matryoshka.KEY, kept);
    }

    /** What of {@link Matryoshka} it was learned with; null for none. */
    public Matryoshka nested() {
        return matryoshka == null ? null : Matryoshka.CATALOGUE.make(matryoshka);
    }

    /** The maps behind its pooling; null for none. */
    public NestedMaps maps() {
        return matryoshka == null ? null : nested().maps(name, pooling);
    }

    /**
     * This task, giving another one of its vectors.
     *
     * @param asked what the task lists, or the whole
     * @param backbone of the model that it is of
     * @throws InputException if it was not learned so; names what was
     */
    public Embedder cut(Cut asked, Backbone backbone) {
        Matryoshka nested = nested();
        int dimensions = listed(
                "dimensions",
                asked.dimensions(),
                nested == null ? List.of() : nested.widths(),
                pooling.width(backbone.width()));
        int depth = listed("depth", asked.depth(), nested == null ? List.of() : nested.layers(), backbone.layers());
        return cut(new Cut(dimensions, depth));
    }

    private Embedder cut(Cut cut) {
        return new Embedder(name, type, pooling, loss, batchRows, prompts, scored, matryoshka, cut);
    }

    /** This task, giving whole vectors of so many layers of {@code all}. */
    Embedder at(int depth, int all) {
        return cut(new Cut(0, depth == all ? 0 : depth));
    }

    /** The number that was asked for, 0 for the whole. */
    private int listed(String what, int asked, List<Integer> listed, int whole) {
        if (asked == 0 || asked == whole) return 0;
        if (listed.contains(asked)) return asked;
        TreeSet<Integer> there = new TreeSet<>(listed);
        there.add(whole);
        throw new InputException("task '" + name + "' was not learned to give vectors of " + what + " " + asked
                + "; it has " + what + " "
                + there.descendingSet().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }

    static String key(Side side) {
        return side == Side.QUERY ? "query" : "passage";
    }

    /** A text with its side's prompt before it. */
    public String prompted(Side side, String text) {
        return prompts.getOrDefault(side, "") + text;
    }

    @Override
    public boolean pairs() {
        return false;
    }

    @Override
    public String prompt() {
        return prompted(Side.QUERY, "");
    }

    @Override
    public List<String> labels() {
        return List.of();
    }

    /** A text alone; or the first text, the second, and the wrong ones. */
    @Override
    public List<Sequence> sequences(Example row) {
        List<Sequence> sequences = new ArrayList<>();
        sequences.add(new Sequence(prompted(Side.QUERY, row.text()), null));
        for (String other : others(row)) sequences.add(new Sequence(prompted(Side.PASSAGE, other), null));
        return sequences;
    }

    /** The texts of a row behind the first. */
    static List<String> others(Example row) {
        List<String> others = new ArrayList<>();
        if (row.text2() != null) others.add(row.text2());
        Label.Match match = match(row);
        if (match != null) others.addAll(match.wrong());
        return others;
    }

    /** What a row says of texts that belong together, or null. */
    static Label.Match match(Example row) {
        if (row.label() instanceof Label.Judged judged) return judged.match();
        return row.label() instanceof Label.Match match ? match : null;
    }

    // ---- the network

    @Override
    public Weights initial(int width, SplittableRandom random) {
        return pooling.initial(name, width);
    }

    @Override
    public Reading reading(int layers) {
        return pooling.reading(cut.depth() == 0 ? layers : cut.depth());
    }

    @Override
    public List<Reading> readings(int layers) {
        List<Reading> readings = new ArrayList<>(List.of(pooling.reading(layers)));
        if (matryoshka == null) return readings;
        for (int depth : nested().depths(layers)) if (depth < layers) readings.add(pooling.reading(depth));
        return readings;
    }

    @Override
    public List<Task> heads(int layers) {
        NestedMaps maps = maps();
        if (maps == null) return List.of(at(layers, layers));
        return nested().depths(layers).stream()
                .map(depth -> (Task) at(depth, layers))
                .toList();
    }

    @Override
    public String headKey() {
        return cut.depth() > 0 && maps() != null ? "-l" + cut.depth() : "";
    }

    @Override
    public boolean learns(String weight) {
        NestedMaps maps = maps();
        return Task.super.learns(weight) && (maps == null || maps.learns(weight));
    }

    @Override
    public void check(Backbone backbone) {
        pooling.check(backbone);
        if (matryoshka != null) nested().check(backbone, pooling);
    }

    /** The whole vector, whatever width it is cut to. */
    @Override
    public <T> T head(Ops<T> ops, Hidden<T> hidden) {
        T pooled = pooling.pool(ops, hidden, name);
        NestedMaps maps = maps();
        return Matryoshka.atLengthOne(ops, maps == null ? pooled : maps.apply(ops, pooled, cut.depth()));
    }

    @Override
    public Target target(List<Example> examples, List<Encoding> encodings, int tokens) {
        return new Relations(examples).target(made().reads());
    }

    @Override
    public <T> T loss(Ops<T> ops, T output, T values, T weights) {
        return matryoshka == null
                ? made().loss(ops, Matryoshka.cosines(ops, output), values, weights)
                : nested().loss(made(), ops, List.of(output), values, weights);
    }

    @Override
    public Learner learner(int layers) {
        if (matryoshka == null || nested().depths(layers).size() == 1) return Task.super.learner(layers);
        return new NestedVectors(this, nested(), nested().depths(layers));
    }

    @Override
    public double chance() {
        return made().chance(batchRows);
    }

    EmbeddingLoss made() {
        return EmbeddingLosses.CATALOGUE.make(loss);
    }

    // ---- answers

    @Override
    public float[] served(float[] output) {
        return cut.dimensions() == 0 ? output : shortened(output, cut.dimensions());
    }

    /** At length 1 again: the mean of several windows' vectors is shorter. */
    @Override
    public Answer decode(float[] output, Encoding encoding, Example example) {
        return new Answer.Vector(shortened(output, output.length));
    }

    /** The first numbers of a vector, at length 1; all of them where it has no more. */
    public static float[] shortened(float[] vector, int dimensions) {
        float[] values = Arrays.copyOf(vector, Math.min(vector.length, dimensions));
        double squares = 0;
        for (float value : values) squares += value * value;
        double length = Math.max(SHORTEST, Math.sqrt(squares));
        for (int i = 0; i < values.length; i++) values[i] = (float) (values[i] / length);
        return values;
    }

    @Override
    public List<Sequence> candidates(List<Example> rows) {
        return Ranking.candidates(this, rows);
    }

    /**
     * Of texts alone their vectors; of pairs with scores the cosine; of pairs without, 1 over the rank of the second text among those of all rows, by
     * cosine to the first; of queries the passages of their corpus, nearest first.
     */
    @Override
    public List<Answer> answers(List<Example> rows, Outputs outputs) {
        boolean judged = rows.stream().anyMatch(row -> row.label() != null);
        return judged ? Ranking.answers(rows, outputs) : Task.super.answers(rows, outputs);
    }

    @Override
    public Map<String, Double> metrics(List<Example> examples, List<Answer> answers) {
        return Ranking.metrics(examples, answers);
    }

    @Override
    public List<PartSpec> learning() {
        PartSpec batches = new PartSpec("batch", Map.of("rows", batchRows));
        return matryoshka == null ? List.of(loss, batches) : List.of(loss, batches, matryoshka);
    }

    @Override
    public ObjectNode state() {
        ObjectNode state = JsonNodeFactory.instance.objectNode();
        Poolings.keep(pooling, state);
        state.put("loss", loss.type()).put("scored", scored);
        if (matryoshka != null) {
            Matryoshka nested = nested();
            if (!nested.widths().isEmpty()) nested.widths().forEach(state.putArray("widths")::add);
            if (!nested.layers().isEmpty()) nested.layers().forEach(state.putArray("layers")::add);
            if (maps() != null) state.put(FITTED, true);
        }
        if (!prompts.isEmpty()) {
            ObjectNode sides = state.putObject("prompts");
            for (Side side : Side.values()) if (prompts.containsKey(side)) sides.put(key(side), prompts.get(side));
        }
        return state;
    }
}
