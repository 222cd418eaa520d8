package dev.polymath.task;

import dev.polymath.data.Example;
import dev.polymath.data.Label;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What vectors say of rows that are measured together. */
final class Ranking {
    private static final int MOST = 10;

    private Ranking() {}

    static List<Sequence> candidates(Embedder task, List<Example> rows) {
        return List.of();
    }

    /** @param outputs vectors of length 1 */
    static List<Answer> answers(List<Example> rows, Outputs outputs) {
        if (rows.isEmpty()) return List.of();
        return rows.get(0).label() instanceof Label.Match ? ranks(rows, outputs) : cosines(outputs);
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
