package dev.polymath.bench;

import dev.polymath.data.BeirFolder;
import dev.polymath.data.Query;
import dev.polymath.data.Scored;
import dev.polymath.run.Polymath;
import dev.polymath.search.Hit;
import dev.polymath.search.IndexSettings;
import dev.polymath.search.Indexer;
import dev.polymath.search.IndexingListener;
import dev.polymath.search.SearchIndex;
import dev.polymath.search.SearchMode;
import dev.polymath.search.SearchQuery;
import dev.polymath.search.WordAnalysis;
import dev.polymath.task.RankingMetrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What search finds in the collections of a folder: by words with each analyzer, by meaning, and by both. */
@Command(name = "search", description = "nDCG@10 of lexical, dense and hybrid search on the BEIR folders of SUITE.")
final class SearchBench implements Callable<Integer> {
    private static final int TOP = 100;

    @Parameters(index = "0", paramLabel = "SUITE")
    private Path suite;

    @Option(names = "--sets", split = ",", defaultValue = "covid_faq,med,cisi,time,lisa,npl")
    private List<String> sets;

    @Option(names = "--model", defaultValue = "minilm")
    private Path model;

    @Option(names = "--work", description = "Where the indexes are kept, so that a second run need not make them.")
    private Path work = Path.of(System.getProperty("java.io.tmpdir"), "polymath-search-bench");

    @Override
    public Integer call() throws Exception {
        Files.createDirectories(work);
        System.out.printf(
                "| set | documents | passages | queries | english | standard | dense | hybrid | recall@100, hybrid |%n");
        System.out.printf("|---|---|---|---|---|---|---|---|---|%n");
        Path small = work.resolve("small");
        if (!Files.exists(small)) UntrainedModel.tiny(small);
        try (Polymath polymath = Polymath.open(model);
                Polymath tiny = Polymath.open(small)) {
            for (String set : sets) row(set, polymath, tiny);
        }
        return 0;
    }

    private void row(String set, Polymath polymath, Polymath tiny) {
        BeirFolder collection = BeirFolder.open(suite.resolve(set));
        Map<String, Map<String, Integer>> judged = collection.qrels("test");
        List<Query> queries = collection.queries().stream()
                .filter(query -> judged.containsKey(query.id()))
                .toList();
        // Words need no vectors worth having.
        IndexSettings standard = IndexSettings.DEFAULT.words(WordAnalysis.STANDARD);
        Path words = made(set, "standard", tiny, standard);
        Path both = made(set, "english", polymath, IndexSettings.DEFAULT);
        try (SearchIndex index = SearchIndex.open(both, polymath);
                SearchIndex plain = SearchIndex.open(words, tiny)) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %d | %d | %d | %.4f | %.4f | %.4f | %.4f | %.4f |%n",
                    set,
                    index.size(),
                    index.passages(),
                    queries.size(),
                    measured(index, queries, judged, SearchMode.LEXICAL).get("ndcg_10"),
                    measured(plain, queries, judged, SearchMode.LEXICAL).get("ndcg_10"),
                    measured(index, queries, judged, SearchMode.DENSE).get("ndcg_10"),
                    measured(index, queries, judged, SearchMode.HYBRID).get("ndcg_10"),
                    measured(index, queries, judged, SearchMode.HYBRID).get("recall_100"));
        }
    }

    private Path made(String set, String kind, Polymath polymath, IndexSettings settings) {
        Path folder = work.resolve(set + "." + kind);
        try (Indexer indexer = Indexer.open(folder, polymath, settings)) {
            indexer.addAll(suite.resolve(set), IndexingListener.NONE);
        }
        return folder;
    }

    private static Map<String, Double> measured(
            SearchIndex index, List<Query> queries, Map<String, Map<String, Integer>> judged, SearchMode mode) {
        List<List<Hit>> hits = index.searchAll(queries.stream()
                .map(query -> SearchQuery.of(query.text()).mode(mode).top(TOP))
                .toList());
        Map<String, List<Scored>> run = new HashMap<>();
        for (int i = 0; i < queries.size(); i++) {
            List<Scored> found = hits.get(i).stream()
                    .map(hit -> new Scored(hit.id(), hit.score()))
                    .toList();
            run.put(queries.get(i).id(), found);
        }
        return RankingMetrics.mean(RankingMetrics.byQuery(run, judged));
    }
}
