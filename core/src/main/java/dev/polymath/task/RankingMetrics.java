package dev.polymath.task;

import dev.polymath.data.Scored;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How well the passages that were found for a query are ranked, as trec_eval measures it (E. Voorhees and C. Buckley; held
 * to version 10 by a test).
 *
 * <p>A passage with a grade above 0 is relevant; one that nobody judged is not. Passages are ranked by score, and of equal
 * scores the one with the later id comes first ({@link Scored#BEST_FIRST}), whatever order they come in. A query without
 * relevant passages, or for which nothing was found, has 0 in every metric.
 */
public final class RankingMetrics {
    /** The metrics of {@link #standard()}, the primary one first. */
    public static final List<String> STANDARD = List.of("ndcg_10", "mrr_10", "map", "recall_100");

    /** By rank; 0 where not relevant. */
    private final int[] ranked;

    /** Those of the relevant passages, the highest first. */
    private final int[] ideal;

    private RankingMetrics(int[] ranked, int[] ideal) {
        this.ranked = ranked;
        this.ideal = ideal;
    }

    /**
     * Judges what was found for a query.
     *
     * @param found in any order
     * @param grades of the query's judged passages, by id
     * @throws IllegalArgumentException if a passage was found twice
     */
    public static RankingMetrics of(Collection<Scored> found, Map<String, Integer> grades) {
        Set<String> ids = new HashSet<>();
        for (Scored each : found) {
            if (!ids.add(each.id())) throw new IllegalArgumentException("passage '" + each.id() + "' was found twice");
        }
        int[] ranked = found.stream()
                .sorted(Scored.BEST_FIRST)
                .mapToInt(each -> Math.max(0, grades.getOrDefault(each.id(), 0)))
                .toArray();
        int[] ideal = grades.values().stream()
                .filter(grade -> grade > 0)
                .sorted(Comparator.reverseOrder())
                .mapToInt(Integer::intValue)
                .toArray();
        return new RankingMetrics(ranked, ideal);
    }

    /**
     * The normalised discounted cumulative gain of the first {@code k}: {@code sum of grade / log2(rank + 1)}, over what the
     * best ranking would have (K. Järvelin and J. Kekäläinen, 2002). The gain is the grade itself, as in trec_eval, not
     * {@code 2^grade - 1}.
     */
    public double ndcg(int k) {
        double best = discounted(ideal, k);
        return best == 0 ? 0 : discounted(ranked, k) / best;
    }

    private static double discounted(int[] grades, int k) {
        double sum = 0;
        for (int i = 0; i < Math.min(positive(k), grades.length); i++) sum += grades[i] * Math.log(2) / Math.log(i + 2);
        return sum;
    }

    /** One over the rank of the first relevant passage, 0 if none is among the first {@code k}; MRR is its mean. */
    public double reciprocalRank(int k) {
        for (int i = 0; i < Math.min(positive(k), ranked.length); i++) if (ranked[i] > 0) return 1.0 / (i + 1);
        return 0;
    }

    /** The mean over the relevant passages of the precision at their rank, 0 for those not found; MAP is its mean. */
    public double averagePrecision() {
        if (ideal.length == 0) return 0;
        double sum = 0;
        int relevant = 0;
        for (int i = 0; i < ranked.length; i++) if (ranked[i] > 0) sum += (double) ++relevant / (i + 1);
        return sum / ideal.length;
    }

    /** The share of the relevant passages that are among the first {@code k}. */
    public double recall(int k) {
        return ideal.length == 0 ? 0 : (double) relevant(k) / ideal.length;
    }

    /** The share of the first {@code k} places that relevant passages have; places without a passage count as wrong. */
    public double precision(int k) {
        return (double) relevant(k) / k;
    }

    private int relevant(int k) {
        int relevant = 0;
        for (int i = 0; i < Math.min(positive(k), ranked.length); i++) if (ranked[i] > 0) relevant++;
        return relevant;
    }

    private static int positive(int k) {
        if (k < 1) throw new IllegalArgumentException("the first " + k + " places");
        return k;
    }

    /** The metrics that are reported, by name: {@code ndcg_10}, {@code mrr_10}, {@code map}, {@code recall_100}. */
    public Map<String, Double> standard() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("ndcg_10", ndcg(10));
        metrics.put("mrr_10", reciprocalRank(10));
        metrics.put("map", averagePrecision());
        metrics.put("recall_100", recall(100));
        return metrics;
    }

    /**
     * The standard metrics of each judged query, in the order of the judgements.
     *
     * @param run what was found, by query id; queries that nobody judged are passed over
     * @param qrels grades of passages by id, by query id
     */
    public static Map<String, Map<String, Double>> byQuery(
            Map<String, ? extends Collection<Scored>> run, Map<String, Map<String, Integer>> qrels) {
        Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
        qrels.forEach((query, grades) -> {
            Collection<Scored> found = run.get(query);
            metrics.put(query, of(found == null ? List.of() : found, grades).standard());
        });
        return metrics;
    }

    /**
     * The mean of each metric over all judged queries, as {@code trec_eval -c}: those for which nothing was found and those
     * without relevant passages count as 0. All 0 where there are no queries.
     *
     * @param byQuery from {@link #byQuery}
     */
    public static Map<String, Double> mean(Map<String, Map<String, Double>> byQuery) {
        Map<String, Double> means = new LinkedHashMap<>();
        for (String name : STANDARD) {
            means.put(
                    name,
                    byQuery.values().stream()
                            .mapToDouble(metrics -> metrics.get(name))
                            .average()
                            .orElse(0));
        }
        return means;
    }
}
