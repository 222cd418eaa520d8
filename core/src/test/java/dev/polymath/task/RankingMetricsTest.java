package dev.polymath.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.data.Scored;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Ranking metrics against trec_eval; tools/make_ranking_fixtures.py made the values. */
class RankingMetricsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TestFactory
    Stream<DynamicTest> rankingsAsTrecEval() throws IOException {
        try (InputStream in = RankingMetricsTest.class.getResourceAsStream("/metrics/ranking.json")) {
            JsonNode cases = JSON.readTree(in).get("cases");
            assertThat(cases).isNotEmpty();
            return StreamSupport.stream(cases.spliterator(), false)
                    .map(test -> dynamicTest(test.get("name").asText(), () -> compare(test)));
        }
    }

    private static void compare(JsonNode test) {
        Map<String, Map<String, Integer>> qrels = JSON.convertValue(test.get("qrels"), new TypeReference<>() {});
        Map<String, List<Scored>> run = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> query : test.get("run").properties()) {
            List<Scored> found = new ArrayList<>();
            for (JsonNode each : query.getValue())
                found.add(new Scored(each.get(0).asText(), each.get(1).asDouble()));
            // The order in which passages were found must not matter.
            Collections.shuffle(found, new Random(7));
            run.put(query.getKey(), found);
        }
        JsonNode values = test.get("values");
        qrels.forEach((query, grades) -> {
            RankingMetrics metrics = RankingMetrics.of(run.getOrDefault(query, List.of()), grades);
            JsonNode expected = values.get(query);
            assertEquals(query, expected, "ndcg_1", metrics.ndcg(1));
            assertEquals(query, expected, "ndcg_10", metrics.ndcg(10));
            assertEquals(query, expected, "ndcg_100", metrics.ndcg(100));
            assertEquals(query, expected, "mrr_10", metrics.reciprocalRank(10));
            assertEquals(query, expected, "map", metrics.averagePrecision());
            assertEquals(query, expected, "recall_5", metrics.recall(5));
            assertEquals(query, expected, "recall_100", metrics.recall(100));
            assertEquals(query, expected, "precision_5", metrics.precision(5));
            assertEquals(query, expected, "precision_10", metrics.precision(10));
        });
        Map<String, Map<String, Double>> byQuery = RankingMetrics.byQuery(run, qrels);
        assertThat(byQuery.keySet()).containsExactlyElementsOf(qrels.keySet());
        Map<String, Double> means = RankingMetrics.mean(byQuery);
        assertThat(means.keySet()).containsExactlyElementsOf(RankingMetrics.STANDARD);
        means.forEach((name, value) -> assertEquals("all", values.get("all"), name, value));
    }

    private static void assertEquals(String query, JsonNode expected, String metric, double value) {
        assertThat(expected.has(metric)).isTrue();
        assertThat(value)
                .as(metric + " of " + query)
                .isCloseTo(expected.get(metric).asDouble(), within(1e-9));
    }

    @Test
    void ndcgByHand() {
        RankingMetrics metrics = RankingMetrics.of(
                List.of(new Scored("a", 3), new Scored("b", 2), new Scored("c", 1)), Map.of("b", 2, "c", 1, "d", 1));
        double best = 2 + 1 / (Math.log(3) / Math.log(2)) + 0.5;
        assertThat(metrics.ndcg(10)).isCloseTo((2 / (Math.log(3) / Math.log(2)) + 0.5) / best, within(1e-12));
        assertThat(metrics.standard())
                .containsOnlyKeys(RankingMetrics.STANDARD)
                .containsEntry("mrr_10", 0.5)
                .containsEntry("recall_100", 2 / 3.0);
    }

    @Test
    void nothingJudgedOrFoundIsZeroAndNotUndefined() {
        assertThat(RankingMetrics.of(List.of(), Map.of("a", 1)).standard())
                .allSatisfy((name, value) -> assertThat(value).isZero());
        assertThat(RankingMetrics.of(List.of(new Scored("a", 1)), Map.of()).standard())
                .allSatisfy((name, value) -> assertThat(value).isZero());
        assertThat(RankingMetrics.mean(Map.of()))
                .allSatisfy((name, value) -> assertThat(value).isZero());
    }

    @Test
    void equalScoresAreOneScoreWhateverTheirSign() {
        assertThat(Stream.of(new Scored("a", -0.0), new Scored("b", 0.0)).sorted(Scored.BEST_FIRST))
                .extracting(Scored::id)
                .containsExactly("b", "a");
    }

    @Test
    void whatCannotBeMeasuredIsRefused() {
        assertThatThrownBy(() -> new Scored("a", Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RankingMetrics.of(List.of(new Scored("a", 1), new Scored("a", 2)), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("passage 'a' was found twice");
        assertThatThrownBy(() -> RankingMetrics.of(List.of(), Map.of()).ndcg(0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
