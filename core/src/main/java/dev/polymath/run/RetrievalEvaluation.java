package dev.polymath.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.data.Query;
import dev.polymath.data.Retriever;
import dev.polymath.data.Scored;
import dev.polymath.task.PairedDifference;
import dev.polymath.task.RankingMetrics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Ways to search a collection, measured on its judged queries. Metrics are those of {@link RankingMetrics}, means over all
 * judged queries; {@code map} is over the {@value #DEPTH} best of a query.
 */
public final class RetrievalEvaluation {
    /** Passages asked for a query: as deep as {@code recall_100} looks. */
    public static final int DEPTH = 100;

    /** Passages of a query that its line names. */
    private static final int NAMED = 10;

    private final List<Query> queries;
    private final Map<String, Map<String, List<Scored>>> found = new LinkedHashMap<>();
    private final Map<String, Map<String, Map<String, Double>>> metrics = new LinkedHashMap<>();

    private RetrievalEvaluation(List<Query> queries) {
        this.queries = queries;
    }

    /**
     * One way against another, by a metric's mean over the queries.
     *
     * @param difference the first's less the second's
     */
    public record Comparison(String mode, String against, String metric, PairedDifference difference) {}

    /**
     * Asks every way for every judged query.
     *
     * @param queries of the collection; those that nobody judged are left out
     * @param qrels grades of passages by id, by query id; of at least one query
     * @param modes ways by name
     */
    public static RetrievalEvaluation of(
            List<Query> queries, Map<String, Map<String, Integer>> qrels, Map<String, Retriever> modes) {
        List<Query> judged =
                queries.stream().filter(query -> qrels.containsKey(query.id())).toList();
        if (judged.size() != qrels.size() || judged.isEmpty()) {
            throw new IllegalArgumentException(judged.size() + " of " + qrels.size() + " judged queries are there");
        }
        RetrievalEvaluation evaluation = new RetrievalEvaluation(judged);
        modes.forEach((mode, way) -> {
            Map<String, List<Scored>> run = way.search(judged, DEPTH);
            evaluation.found.put(mode, run);
            evaluation.metrics.put(mode, RankingMetrics.byQuery(run, qrels));
        });
        return evaluation;
    }

    /** How many queries were measured. */
    public int size() {
        return queries.size();
    }

    /** Each way's metrics, means over the queries, the primary one first. */
    public Map<String, Map<String, Double>> means() {
        Map<String, Map<String, Double>> means = new LinkedHashMap<>();
        metrics.forEach((mode, byQuery) -> means.put(mode, RankingMetrics.mean(byQuery)));
        return means;
    }

    /** Each way against each that was named before it, by each metric. */
    public List<Comparison> comparisons() {
        List<String> modes = new ArrayList<>(metrics.keySet());
        List<Comparison> comparisons = new ArrayList<>();
        for (int later = 1; later < modes.size(); later++) {
            for (String against : modes.subList(0, later)) {
                for (String metric : RankingMetrics.STANDARD) {
                    comparisons.add(compare(modes.get(later), against, metric));
                }
            }
        }
        return comparisons;
    }

    private Comparison compare(String mode, String against, String metric) {
        return new Comparison(
                mode, against, metric, PairedDifference.of(values(mode, metric), values(against, metric)));
    }

    private double[] values(String mode, String metric) {
        return queries.stream()
                .mapToDouble(query -> metrics.get(mode).get(query.id()).get(metric))
                .toArray();
    }

    /** {@code {"queries": 86, "modes": {"dense": {"ndcg_10": ...}}, "comparisons": [{"mode": "dense", "against": ...}]}}. */
    public ObjectNode report() {
        ObjectNode report = JsonNodeFactory.instance.objectNode().put("queries", queries.size());
        ObjectNode modes = report.putObject("modes");
        means().forEach((mode, means) -> means.forEach(modes.putObject(mode)::put));
        ArrayNode compared = report.putArray("comparisons");
        for (Comparison each : comparisons()) {
            compared.addObject()
                    .put("mode", each.mode)
                    .put("against", each.against)
                    .put("metric", each.metric)
                    .put("difference", each.difference.mean())
                    .put("low", each.difference.low())
                    .put("high", each.difference.high())
                    .put("p", each.difference.p());
        }
        return report;
    }

    /**
     * A line a query, in their order: {@code {"query": "q1", "text": "...", "modes": {"dense": {"ndcg_10": ..., "found":
     * ["a7", ...]}}}}, with the ids of the ten best.
     */
    public Stream<ObjectNode> lines() {
        return queries.stream().map(query -> {
            ObjectNode line = JsonNodeFactory.instance.objectNode();
            line.put("query", query.id()).put("text", query.text());
            ObjectNode modes = line.putObject("modes");
            metrics.forEach((mode, byQuery) -> {
                ObjectNode of = modes.putObject(mode);
                byQuery.get(query.id()).forEach(of::put);
                ArrayNode ids = of.putArray("found");
                found.get(mode).getOrDefault(query.id(), Collections.emptyList()).stream()
                        .sorted(Scored.BEST_FIRST)
                        .limit(NAMED)
                        .forEach(each -> ids.add(each.id()));
            });
            return line;
        });
    }
}
