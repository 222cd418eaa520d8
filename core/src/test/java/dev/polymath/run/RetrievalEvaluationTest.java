package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;
import dev.polymath.data.Bm25;
import dev.polymath.data.Passage;
import dev.polymath.data.Query;
import dev.polymath.data.Retriever;
import dev.polymath.data.Scored;
import dev.polymath.task.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetrievalEvaluationTest {
    private static final List<Passage> PASSAGES = List.of(
            Passage.of("refund", "Refunds", "We send the money back within a week."),
            Passage.of("leak", "", "A kettle that leaks is exchanged for a new one."),
            Passage.of("hours", "", "Our shop in Leeds opens at nine."));
    private static final List<Query> QUERIES = List.of(
            new Query("q1", "When is my cash returned to me?", 1),
            new Query("unjudged", "Who?", 2),
            new Query("q2", "kettle", 3));
    private static final Map<String, Map<String, Integer>> QRELS =
            Map.of("q2", Map.of("leak", 1), "q1", Map.of("refund", 1));

    /** Gives the same for every query. */
    private static Retriever always(Scored... found) {
        return (queries, top) -> {
            Map<String, List<Scored>> run = new LinkedHashMap<>();
            queries.forEach(query -> run.put(query.id(), List.of(found)));
            return run;
        };
    }

    private static Map<String, Retriever> modes(Retriever first, Retriever second) {
        Map<String, Retriever> modes = new LinkedHashMap<>();
        modes.put("first", first);
        modes.put("second", second);
        return modes;
    }

    @Test
    void waysAreMeasuredOnTheJudgedQueriesAndCompared() {
        Retriever leak = always(new Scored("hours", 1), new Scored("leak", 2));
        RetrievalEvaluation evaluation =
                RetrievalEvaluation.of(QUERIES, QRELS, modes((queries, top) -> Map.of(), leak));
        assertThat(evaluation.size()).isEqualTo(2);
        assertThat(evaluation.means().get("first"))
                .containsEntry("ndcg_10", 0.0)
                .containsEntry("recall_100", 0.0);
        assertThat(evaluation.means().get("second"))
                .containsEntry("ndcg_10", 0.5)
                .containsEntry("mrr_10", 0.5)
                .containsEntry("map", 0.5)
                .containsEntry("recall_100", 0.5);
        assertThat(evaluation.comparisons()).hasSize(4).first().satisfies(each -> {
            assertThat(each.mode()).isEqualTo("second");
            assertThat(each.against()).isEqualTo("first");
            assertThat(each.metric()).isEqualTo("ndcg_10");
            assertThat(each.difference().mean()).isEqualTo(0.5);
        });
        JsonNode report = evaluation.report();
        assertThat(report.at("/queries").asInt()).isEqualTo(2);
        assertThat(report.at("/modes/second/ndcg_10").asDouble()).isEqualTo(0.5);
        assertThat(report.at("/comparisons/0/difference").asDouble()).isEqualTo(0.5);
        assertThat(evaluation.lines().map(JsonNode::toString))
                .containsExactly(
                        "{\"query\":\"q1\",\"text\":\"When is my cash returned to me?\",\"modes\":{\"first\":{\"ndcg_10\":0.0,"
                                + "\"mrr_10\":0.0,\"map\":0.0,\"recall_100\":0.0,\"found\":[]},\"second\":{\"ndcg_10\":0.0,"
                                + "\"mrr_10\":0.0,\"map\":0.0,\"recall_100\":0.0,\"found\":[\"leak\",\"hours\"]}}}",
                        "{\"query\":\"q2\",\"text\":\"kettle\",\"modes\":{\"first\":{\"ndcg_10\":0.0,\"mrr_10\":0.0,\"map\":0.0,"
                                + "\"recall_100\":0.0,\"found\":[]},\"second\":{\"ndcg_10\":1.0,\"mrr_10\":1.0,\"map\":1.0,"
                                + "\"recall_100\":1.0,\"found\":[\"leak\",\"hours\"]}}}");
    }

    @Test
    void judgementsOfQueriesThatAreNotThereAreRefused() {
        assertThatThrownBy(() -> RetrievalEvaluation.of(List.of(), QRELS, Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theBuiltInModelFindsWhatSharesNoWord() {
        try (Polymath model = Polymath.open(Path.of("minilm"))) {
            List<Integer> progress = new ArrayList<>();
            Task task = model.tasks().get(0);
            DenseSearch dense = DenseSearch.of(model, task, PASSAGES, progress::add);
            assertThat(progress).containsExactly(3);
            assertThat(dense.search(QUERIES, 2).get("q1")).hasSize(2).first().satisfies(found -> assertThat(found.id())
                    .isEqualTo("refund"));
            double same = dense.search(List.of(new Query("1", PASSAGES.get(0).whole(), 0)), 1)
                    .get("1")
                    .get(0)
                    .score();
            assertThat(same).as("a passage's cosine with itself").isCloseTo(1, within(1e-5));
            RetrievalEvaluation evaluation = RetrievalEvaluation.of(QUERIES, QRELS, modes(new Bm25(PASSAGES), dense));
            assertThat(evaluation.means().get("second").get("ndcg_10")).isEqualTo(1.0);
            assertThat(evaluation.means().get("first").get("ndcg_10")).isLessThan(1.0);
        }
    }

    @Test
    void aTaskWithoutVectorsIsRefused() {
        Task regress = TinyModel.contents(1).tasks().get(0);
        assertThat(DenseSearch.givesVectors(regress)).isFalse();
        assertThatThrownBy(() -> DenseSearch.of(null, regress, PASSAGES, done -> {}))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("gives no vectors");
    }
}
