package dev.polymath.task;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.data.Scored;
import dev.polymath.interaction.Forms;
import dev.polymath.interaction.Interaction;
import dev.polymath.model.Hidden;
import dev.polymath.ops.Ops;
import dev.polymath.pooling.Pooling;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.PartSpec;
import dev.polymath.project.TaskSpec;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * How well a passage answers a query, learned from a BEIR folder: each query with a passage that answers it and {@code
 * wrong_rows} that do not. Unless {@code form}, a part of {@link Forms}, says otherwise, it is {@code s = w pool(h) + b} of both
 * read together (a cross-encoder); for the others see {@link Interacting}.
 *
 * <p>Shapes: states {@code h [pairs, tokens, width]}, {@code w [1, width]}, output {@code [pairs, 1]}. Losses: {@code
 * listwise}, {@code -log softmax} of the answer's {@code s} among those of its row; {@code pointwise}, binary cross-entropy of
 * each pair. Settings: {@code data} (the folder), {@code wrong} (a file that {@code polymath mine} wrote; else the best of
 * BM25 that do not answer), {@code wrong_rows} (4), {@code loss}, {@code form}, {@code pooling}. Metrics: {@code ndcg_10}, {@code mrr_10},
 * {@code map}, {@code recall_100} over the {@value #CANDIDATES} best of BM25; between epochs over the {@value #FEWER} best
 * where no dev judgements are given.
 *
 * <p>Source: R. Nogueira and K. Cho, Passage Re-ranking with BERT, 2019, arXiv:1901.04085; listwise: L. Gao, Z. Dai and
 * J. Callan, Rethink Training of BERT Rerankers, 2021, arXiv:2101.08751.
 */
public final class Rerank implements CollectionKind {
    static final int CANDIDATES = 100;
    static final int FEWER = 20;
    private static final int WRONG = 4;
    static final String TYPE = "rerank";
    static final String POINTWISE = "pointwise";
    private static final List<String> LOSSES = List.of("listwise", POINTWISE);

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public String summary() {
        return "how well a passage answers a query, learned from a BEIR folder";
    }

    @Override
    public Set<String> parts() {
        return Set.of("form", Poolings.KEY);
    }

    @Override
    public Set<String> keys() {
        return Set.of("data", "wrong", "wrong_rows", "loss");
    }

    @Override
    public List<Example> examples(TaskSpec spec, Path judgements, boolean learns) {
        JudgedRows all = new JudgedRows(judgements);
        if (!learns) return all.toMeasure(CANDIDATES);
        Path wrong = wrong(spec);
        return all.toLearn(wrong == null ? null : all.mined(wrong), wrongRows(spec, WRONG));
    }

    @Override
    public List<Example> measured(List<Example> rows) {
        return JudgedRows.measured(rows, FEWER);
    }

    static int wrongRows(TaskSpec spec, int standard) {
        String given = spec.setting("wrong_rows");
        if (given == null) return standard;
        if (given.matches("[0-9]{1,4}") && Integer.parseInt(given) >= 1) return Integer.parseInt(given);
        throw new InputException(
                "task '" + spec.name() + "': wrong_rows is " + given + "; it must be a whole number from 1 to 9999");
    }

    @Override
    public Task create(TaskSpec spec, List<Example> train) {
        String loss = spec.setting("loss") == null ? LOSSES.get(0) : spec.setting("loss");
        if (!LOSSES.contains(loss)) {
            throw new InputException("task '" + spec.name() + "': there is no loss '" + loss + "'; there are "
                    + String.join(", ", LOSSES));
        }
        int pairs = 1 + wrongRows(spec, WRONG);
        PartSpec form = Forms.CATALOGUE.complete(spec.part("form", Forms.TOGETHER));
        Pooling pooling = Poolings.of(spec);
        if (!(Forms.CATALOGUE.make(form) instanceof Interaction))
            return new Reranker(spec.name(), pooling, loss, pairs);
        if (!spec.settings().containsKey(Poolings.KEY)) return new Interacting(spec.name(), form, loss, pairs);
        throw new InputException("task '" + spec.name() + "': form " + form.type()
                + " reads all tokens and has no pooling;" + " leave it out");
    }

    @Override
    public Task restore(String name, ObjectNode state) {
        if (state.has("form")) return Interacting.restored(name, state);
        return new Reranker(
                name,
                Poolings.restored(state),
                state.get("loss").asText(),
                state.get("pairs_a_row").asInt());
    }

    /** @param pairsOfRow the passages that a row to learn from has, the answer among them */
    private record Reranker(String name, Pooling pooling, String loss, int pairsOfRow) implements Task {
        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public boolean pairs() {
            return true;
        }

        @Override
        public List<String> labels() {
            return List.of();
        }

        /** The query with the answer and the wrong ones, or with each candidate; a pair alone where nothing is judged. */
        @Override
        public List<Sequence> sequences(Example row) {
            if (!(row.label() instanceof Label.Judged judged)) return List.of(new Sequence(row.text(), row.text2()));
            List<String> passages = judged.match() == null
                    ? judged.candidates().stream()
                            .map(id -> judged.corpus().text(id))
                            .toList()
                    : Embedder.others(row);
            // BM25 finds nothing for a query whose words are nowhere; a row needs a sequence.
            if (passages.isEmpty()) return List.of(new Sequence(row.text(), ""));
            return passages.stream()
                    .map(passage -> new Sequence(row.text(), passage))
                    .toList();
        }

        @Override
        public Weights initial(int width, SplittableRandom random) {
            return LinearHead.initial(name, 1, pooling.width(width), new float[1], random)
                    .with(pooling.initial(name, width));
        }

        @Override
        public <T> T head(Ops<T> ops, Hidden<T> hidden) {
            return LinearHead.apply(ops, name, pooling.pool(ops, hidden, name));
        }

        /** Values {@code [pairs]}, 1 for an answer; weights {@code [pairs, pairs]}, 1 where both are of one row. */
        @Override
        public Target target(List<Example> examples, List<Encoding> encodings, int tokens) {
            int[] counts =
                    examples.stream().mapToInt(row -> sequences(row).size()).toArray();
            int size = Arrays.stream(counts).sum();
            float[] values = new float[size];
            float[] weights = new float[size * size];
            int from = 0;
            for (int row = 0; row < counts.length; row++) {
                int count = counts[row];
                if (Embedder.match(examples.get(row)) != null) values[from] = 1;
                for (int i = from; i < from + count; i++) {
                    Arrays.fill(weights, i * size + from, i * size + from + count, 1);
                }
                from += count;
            }
            return new Target(Array.of(values, size), Array.of(weights, size, size));
        }

        @Override
        public <T> T loss(Ops<T> ops, T output, T values, T weights) {
            T scores = ops.reshape(output, -1);
            return loss.equals(POINTWISE)
                    ? Losses.pointwise(ops, scores, values)
                    : Losses.listwise(ops, scores, values, weights);
        }

        @Override
        public double chance() {
            return loss.equals(POINTWISE) ? Losses.ofGuessing(2) : Losses.ofGuessing(pairsOfRow);
        }

        /** The score as it is; a sigmoid makes a probability of it where it was learned pointwise. */
        @Override
        public Answer decode(float[] output, Encoding encoding, Example example) {
            return new Answer.Value(output[0]);
        }

        @Override
        public List<Answer> answers(List<Example> rows, Outputs outputs) {
            List<Answer> answers = new ArrayList<>();
            for (int row = 0; row < rows.size(); row++) {
                Label.Judged judged = (Label.Judged) rows.get(row).label();
                List<Scored> scored = new ArrayList<>();
                for (int i = 0; i < judged.candidates().size(); i++) {
                    scored.add(new Scored(
                            judged.candidates().get(i), outputs.rows().get(row).get(i)[0]));
                }
                scored.sort(Scored.BEST_FIRST);
                answers.add(new Answer.Ranked(scored));
            }
            return answers;
        }

        @Override
        public Map<String, Double> metrics(List<Example> examples, List<Answer> answers) {
            return Ranking.ofPassages(examples, answers);
        }

        @Override
        public ObjectNode state() {
            ObjectNode state = JsonNodeFactory.instance.objectNode();
            Poolings.keep(pooling, state);
            return state.put("loss", loss).put("pairs_a_row", pairsOfRow);
        }
    }
}
