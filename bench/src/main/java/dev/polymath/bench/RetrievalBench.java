package dev.polymath.bench;

import dev.polymath.data.BeirFolder;
import dev.polymath.data.Bm25;
import dev.polymath.data.DataFiles;
import dev.polymath.data.Example;
import dev.polymath.data.Passage;
import dev.polymath.data.Query;
import dev.polymath.data.Row;
import dev.polymath.data.RowReader;
import dev.polymath.data.Scored;
import dev.polymath.run.DenseSearch;
import dev.polymath.run.Polymath;
import dev.polymath.run.Precision;
import dev.polymath.task.Answer;
import dev.polymath.task.Correlation;
import dev.polymath.task.RankingMetrics;
import dev.polymath.task.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What a model's vectors and BM25 find in the BEIR folders of a suite, beside the table of its {@code BASELINE.md}, and the
 * rank correlation of its cosines with the scores of {@code closeness/test.csv}. The search is exact.
 */
@Command(name = "retrieval", description = "Vectors and BM25 on the BEIR folders of a suite, beside its baseline.")
final class RetrievalBench implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FOLDER", description = "Has BASELINE.md and the BEIR folders of its table.")
    private Path suite;

    @Option(names = "--model", defaultValue = "minilm")
    private Path model;

    @Option(names = "--sets", split = ",", description = "Only these; all of the table without it.")
    private List<String> sets = List.of();

    @Option(names = "--threads", defaultValue = "0", description = "0 (default): one a core.")
    private int threads;

    /** The row of a set in the baseline's table. */
    private record Baseline(double bm25, double dense, double recall) {}

    @Override
    public Integer call() throws IOException {
        Map<String, Baseline> baselines = baselines();
        System.out.println(
                "| set | passages | queries | BM25 nDCG@10 | baseline | dense nDCG@10 | baseline | dense recall@100 | baseline |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        try (Polymath polymath = Polymath.open(model, new Polymath.Settings(threads, 512).with(Precision.FP32))) {
            Task task = polymath.tasks().stream()
                    .filter(DenseSearch::givesVectors)
                    .findFirst()
                    .orElseThrow();
            for (Map.Entry<String, Baseline> set : baselines.entrySet()) {
                if (sets.isEmpty() || sets.contains(set.getKey()))
                    measure(polymath, task, set.getKey(), set.getValue());
            }
            System.out.printf(Locale.ROOT, "%ncloseness test, Spearman of cosines: %.4f%n", closeness(polymath, task));
        }
        return 0;
    }

    /** From the rows of the table: set, passages, queries, and three measures. */
    private Map<String, Baseline> baselines() throws IOException {
        Map<String, Baseline> baselines = new LinkedHashMap<>();
        for (String line : Files.readAllLines(suite.resolve("BASELINE.md"))) {
            String[] cells = line.split("\\s*\\|\\s*");
            if (cells.length != 7 || !Files.isDirectory(suite.resolve(cells[1]))) continue;
            double[] values = Arrays.stream(cells, 4, 7)
                    .filter(cell -> cell.matches("[\\d.]+"))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            if (values.length == 3) baselines.put(cells[1], new Baseline(values[0], values[1], values[2]));
        }
        return baselines;
    }

    private void measure(Polymath polymath, Task task, String name, Baseline baseline) {
        BeirFolder folder = BeirFolder.open(suite.resolve(name));
        List<Passage> passages = folder.corpus();
        Map<String, Map<String, Integer>> qrels = folder.qrels("test");
        List<Query> queries = folder.queries().stream()
                .filter(query -> qrels.containsKey(query.id()))
                .toList();
        Map<String, List<Scored>> lexical = new Bm25(passages).search(queries, 100);
        Map<String, List<Scored>> dense =
                DenseSearch.of(polymath, task, passages, done -> {}).search(queries, 100);
        Map<String, Double> byWords = RankingMetrics.mean(RankingMetrics.byQuery(lexical, qrels));
        Map<String, Double> byVectors = RankingMetrics.mean(RankingMetrics.byQuery(dense, qrels));
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %d | %.4f | %.4f | %.4f | %.4f | %.4f | %.4f |%n",
                name,
                passages.size(),
                queries.size(),
                byWords.get("ndcg_10"),
                baseline.bm25,
                byVectors.get("ndcg_10"),
                baseline.dense,
                byVectors.get("recall_100"),
                baseline.recall);
    }

    private double closeness(Polymath polymath, Task task) {
        List<Example> texts = new ArrayList<>();
        List<Double> scores = new ArrayList<>();
        try (RowReader rows = DataFiles.rows(suite.resolve("closeness/test.csv"))) {
            while (rows.hasNext()) {
                Row row = rows.next();
                texts.add(new Example(row.field("a"), null, null, row.line()));
                texts.add(new Example(row.field("b"), null, null, row.line()));
                scores.add(Double.parseDouble(row.field("score")));
            }
        }
        List<Answer> answers = polymath.answers(task, texts);
        double[] cosines = new double[scores.size()];
        for (int i = 0; i < cosines.length; i++) {
            float[] a = ((Answer.Vector) answers.get(2 * i)).values();
            float[] b = ((Answer.Vector) answers.get(2 * i + 1)).values();
            for (int j = 0; j < a.length; j++) cosines[i] += (double) a[j] * b[j];
        }
        return Correlation.spearman(
                scores.stream().mapToDouble(Double::doubleValue).toArray(), cosines);
    }
}
