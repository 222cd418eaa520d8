package dev.polymath.task;

import dev.polymath.data.Corpus;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.data.Passage;
import dev.polymath.data.Scored;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What vectors say of rows that are measured together. */
final class Ranking {
    private static final int MOST = 10;
    /** Passages that are kept of a query's. */
    private static final int DEPTH = 100;

    private Ranking() {}

    /** The passages that queries are answered from; all rows have the same. */
    static List<Sequence> candidates(Embedder task, List<Example> rows) {
        if (rows.isEmpty() || !(rows.get(0).label() instanceof Label.Judged judged)) return List.of();
        return judged.corpus().passages().stream()
                .map(passage -> new Sequence(task.prompted(Embedder.Side.PASSAGE, passage.whole()), null))
                .toList();
    }

    /** @param outputs vectors of length 1 */
    static List<Answer> answers(List<Example> rows, Outputs outputs) {
        if (rows.isEmpty()) return List.of();
        if (rows.get(0).label() instanceof Label.Judged judged) return nearest(judged.corpus(), outputs);
        return rows.get(0).label() instanceof Label.Match ? ranks(rows, outputs) : cosines(outputs);
    }

    private static List<Answer> nearest(Corpus corpus, Outputs outputs) {
        List<Passage> passages = corpus.passages();
        List<Answer> answers = new ArrayList<>();
        for (List<float[]> row : outputs.rows()) {
            float[] query = row.get(0);
            double[] cosines = outputs.candidates().stream()
                    .mapToDouble(passage -> dot(query, passage))
                    .toArray();
            answers.add(new Answer.Ranked(IntStream.range(0, cosines.length)
                    .mapToObj(i -> new Scored(passages.get(i).id(), cosines[i]))
                    .sorted(Scored.BEST_FIRST)
                    .limit(DEPTH)
                    .toList()));
        }
        return answers;
    }

    /** Metrics of passages for queries; the mean over the rows. */
    static Map<String, Double> ofPassages(List<Example> examples, List<Answer> answers) {
        Map<String, Map<String, Double>> byRow = new LinkedHashMap<>();
        for (int row = 0; row < answers.size(); row++) {
            List<Scored> passages = ((Answer.Ranked) answers.get(row)).passages();
            Label.Judged judged = (Label.Judged) examples.get(row).label();
            byRow.put(
                    String.valueOf(row),
                    RankingMetrics.of(passages, judged.grades()).standard());
        }
        return RankingMetrics.mean(byRow);
    }

    private static List<Answer> cosines(Outputs outputs) {
        List<Answer> answers = new ArrayList<>();
        for (List<float[]> row : outputs.rows()) answers.add(new Answer.Value(dot(row.get(0), row.get(1))));
        return answers;
    }

    /** 1 over the rank of a row's second text among the second texts of all rows but those that belong to it as well. */
    private static List<Answer> ranks(List<Example> rows, Outputs outputs) {
        Map<String, float[]> seconds = new LinkedHashMap<>();
        Map<String, List<String>> known = new HashMap<>();
        for (int row = 0; row < rows.size(); row++) {
            seconds.putIfAbsent(rows.get(row).text2(), outputs.rows().get(row).get(1));
            known.computeIfAbsent(rows.get(row).text(), text -> new ArrayList<>())
                    .add(rows.get(row).text2());
        }
        List<Answer> answers = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            float[] query = outputs.rows().get(row).get(0);
            double own = dot(query, seconds.get(rows.get(row).text2()));
            List<String> others = known.get(rows.get(row).text());
            long nearer = seconds.entrySet().stream()
                    .filter(each -> dot(query, each.getValue()) > own && !others.contains(each.getKey()))
                    .count();
            answers.add(new Answer.Value(1.0 / (1 + nearer)));
        }
        return answers;
    }

    static Map<String, Double> metrics(List<Example> examples, List<Answer> answers) {
        if (answers.stream().anyMatch(Answer.Ranked.class::isInstance)) return ofPassages(examples, answers);
        Map<String, Double> metrics = new LinkedHashMap<>();
        boolean matches = examples.stream().anyMatch(example -> example.label() instanceof Label.Match);
        if (matches) {
            metrics.put(
                    "mrr_10",
                    answers.stream()
                            .mapToDouble(answer -> ((Answer.Value) answer).value())
                            .map(inverse -> inverse * MOST < 1 - 1e-9 ? 0 : inverse)
                            .average()
                            .orElse(0));
            return metrics;
        }
        int[] scored = IntStream.range(0, answers.size())
                .filter(i -> examples.get(i).label() instanceof Label.Number)
                .toArray();
        double[] gold = IntStream.of(scored)
                .mapToDouble(i -> ((Label.Number) examples.get(i).label()).value())
                .toArray();
        double[] cosines = IntStream.of(scored)
                .mapToDouble(i -> ((Answer.Value) answers.get(i)).value())
                .toArray();
        metrics.put("spearman", Correlation.spearman(gold, cosines));
        metrics.put("pearson", Correlation.pearson(gold, cosines));
        return metrics;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += (double) a[i] * b[i];
        return sum;
    }
}
