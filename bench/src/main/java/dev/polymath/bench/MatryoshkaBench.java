package dev.polymath.bench;

import dev.polymath.data.BeirFolder;
import dev.polymath.data.ExactSearch;
import dev.polymath.data.Passage;
import dev.polymath.data.Query;
import dev.polymath.data.Scored;
import dev.polymath.run.Polymath;
import dev.polymath.run.Precision;
import dev.polymath.task.Cut;
import dev.polymath.task.Embedder;
import dev.polymath.task.RankingMetrics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What is found by fewer numbers of a vector, and by vectors of fewer layers: the mean nDCG@10 over collections, exact search,
 * and its share of what whole vectors find.
 */
@Command(name = "matryoshka", description = "nDCG@10 by width and depth of vectors, on BEIR folders of SUITE.")
final class MatryoshkaBench implements Callable<Integer> {
    private static final int TOP = 10;

    @Parameters(index = "0", paramLabel = "SUITE")
    private Path suite;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "MODEL",
            description = "Its first task that gives vectors.")
    private List<Path> models;

    @Option(names = "--sets", split = ",", defaultValue = "covid_faq,med,cisi,time")
    private List<String> sets;

    @Option(names = "--widths", split = ",", defaultValue = "384,256,128,64")
    private List<Integer> widths;

    @Option(
            names = "--depths",
            split = ",",
            defaultValue = "0",
            description = "Layers; 0 for all. The task lists them.")
    private List<Integer> depths;

    @Override
    public Integer call() {
        System.out.println("| model | layers | numbers | mean nDCG@10 x 100 | of the whole, % |");
        System.out.println("|---|---|---|---|---|");
        for (Path model : models) {
            try (Polymath polymath = Polymath.open(model, Polymath.Settings.DEFAULT.with(Precision.FP32))) {
                print(model, found(polymath));
            }
        }
        return 0;
    }

    private void print(Path model, Map<Cut, Double> found) {
        double whole = found.get(new Cut(widths.get(0), depths.get(0)));
        for (int depth : depths) {
            for (int width : widths) {
                double mean = found.get(new Cut(width, depth));
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %s | %d | %.2f | %.1f |%n",
                        model.getFileName(),
                        depth == 0 ? "all" : Integer.toString(depth),
                        width,
                        100 * mean,
                        100 * mean / whole);
            }
        }
    }

    /** The mean over the sets, of each width and depth. */
    private Map<Cut, Double> found(Polymath polymath) {
        Embedder task = polymath.tasks().stream()
                .filter(Embedder.class::isInstance)
                .map(Embedder.class::cast)
                .findFirst()
                .orElseThrow();
        Map<Cut, Double> sum = new HashMap<>();
        for (String set : sets) {
            BeirFolder folder = BeirFolder.open(suite.resolve(set));
            for (int depth : depths) {
                Embedder cut = task.cut(new Cut(0, depth), polymath.folder().backbone());
                measured(polymath, cut, folder)
                        .forEach((width, found) -> sum.merge(new Cut(width, depth), found / sets.size(), Double::sum));
            }
        }
        return sum;
    }

    /** nDCG@10 on a collection, by width. */
    private Map<Integer, Double> measured(Polymath polymath, Embedder task, BeirFolder folder) {
        List<Passage> passages = folder.corpus();
        Map<String, Map<String, Integer>> judged = folder.qrels("test");
        List<Query> queries = folder.queries().stream()
                .filter(query -> judged.containsKey(query.id()))
                .toList();
        List<String> ids = passages.stream().map(Passage::id).toList();
        List<float[]> there =
                polymath.vectors(task, passages.stream().map(Passage::whole).toList(), Embedder.Side.PASSAGE);
        List<float[]> asked =
                polymath.vectors(task, queries.stream().map(Query::text).toList(), Embedder.Side.QUERY);
        Map<Integer, Double> found = new HashMap<>();
        for (int width : widths) {
            ExactSearch search = new ExactSearch(ids, shortened(there, width));
            List<float[]> queryVectors = shortened(asked, width);
            Map<String, List<Scored>> run = new HashMap<>();
            for (int i = 0; i < queries.size(); i++)
                run.put(queries.get(i).id(), search.search(queryVectors.get(i), TOP));
            found.put(
                    width,
                    RankingMetrics.mean(RankingMetrics.byQuery(run, judged)).get("ndcg_10"));
        }
        return found;
    }

    private static List<float[]> shortened(List<float[]> vectors, int width) {
        List<float[]> shortened = new ArrayList<>();
        for (float[] vector : vectors) shortened.add(Embedder.shortened(vector, width));
        return shortened;
    }
}
