package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.data.BeirFolder;
import dev.polymath.data.Query;
import dev.polymath.data.Scored;
import dev.polymath.task.RankingMetrics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fusion that does best on judged queries: {@link Fusion.Weighted} with each weight from 0 to 1 in steps of 0.05, and {@link
 * Fusion.ReciprocalRank} beside them, by the mean nDCG@10. Where several do equally well, the middle one of them is taken.
 *
 * @param tried the mean nDCG@10 of each
 * @param best the one that did best
 * @param queries it was fitted on
 */
public record FusionFit(Map<Fusion, Double> tried, Fusion best, int queries) {
    private static final int STEPS = 20;
    private static final int DEPTH = 100;
    private static final int CUT = 10;

    public FusionFit {
        tried = Collections.unmodifiableMap(new LinkedHashMap<>(tried));
    }

    /**
     * Fits on the queries of a split.
     *
     * @param collection whose documents the index has
     * @throws InputException if there is no such split, or none of its queries has a relevant document
     */
    public static FusionFit of(SearchIndex index, BeirFolder collection, String split) {
        Map<String, Map<String, Integer>> judged = collection.qrels(split);
        List<Query> queries = collection.queries().stream()
                .filter(query -> judged.containsKey(query.id()))
                .toList();
        if (queries.isEmpty())
            throw new InputException(collection.path() + ": the split " + split + " judges no query");
        List<SearchIndex.Lists> lists = index.lists(queries.stream()
                .map(query -> SearchQuery.of(query.text()).top(DEPTH))
                .toList());
        Map<Fusion, Double> tried = new LinkedHashMap<>();
        tried.put(Fusion.DEFAULT, mean(lists, queries, judged, Fusion.DEFAULT));
        for (int step = 0; step <= STEPS; step++) {
            Fusion fusion = new Fusion.Weighted((double) step / STEPS);
            tried.put(fusion, mean(lists, queries, judged, fusion));
        }
        double most = Collections.max(tried.values());
        List<Fusion> equal = new ArrayList<>();
        tried.forEach((fusion, value) -> {
            if (most - value < 1e-9) equal.add(fusion);
        });
        return new FusionFit(tried, equal.get(equal.size() / 2), queries.size());
    }

    private static double mean(
            List<SearchIndex.Lists> lists,
            List<Query> queries,
            Map<String, Map<String, Integer>> judged,
            Fusion fusion) {
        double sum = 0;
        for (int i = 0; i < queries.size(); i++) {
            List<Scored> found = lists.get(i).fused(fusion);
            sum += RankingMetrics.of(found, judged.get(queries.get(i).id())).ndcg(CUT);
        }
        return sum / queries.size();
    }

    /**
     * Makes the index fuse so from now on.
     *
     * @throws InputException if another process writes it
     */
    public void keepIn(Path index) {
        WritableIndex.keepFusion(index, best);
    }
}
