package dev.polymath.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Metrics against scikit-learn, SciPy and conlleval; tools/make_metric_fixtures.py made the values. */
class MetricsReferenceTest {
    @TestFactory
    Stream<DynamicTest> oneLabelAsScikitLearn() {
        return cases("metrics.json", "classify", test -> {
            List<String> gold = list(test.get("gold"), JsonNode::asText);
            List<String> predicted = list(test.get("predicted"), JsonNode::asText);
            assertEquals(test, "accuracy", Agreement.accuracy(gold, predicted));
            assertEquals(test, "macro_f1", F1.macro(gold, predicted));
        });
    }

    @TestFactory
    Stream<DynamicTest> severalLabelsAsScikitLearn() {
        return cases("metrics.json", "multilabel", test -> {
            List<String> labels = IntStream.range(0, test.get("gold").get(0).size())
                    .mapToObj(String::valueOf)
                    .toList();
            List<Set<String>> gold = list(test.get("gold"), MetricsReferenceTest::present);
            List<Set<String>> predicted = list(test.get("predicted"), MetricsReferenceTest::present);
            assertEquals(test, "micro_f1", F1.micro(gold, predicted));
            assertEquals(test, "macro_f1", F1.macro(labels, gold, predicted));
        });
    }

    @TestFactory
    Stream<DynamicTest> levelsAsScikitLearn() {
        return cases("metrics.json", "ordinal", test -> {
            List<Integer> gold = list(test.get("gold"), JsonNode::asInt);
            List<Integer> predicted = list(test.get("predicted"), JsonNode::asInt);
            assertEquals(test, "qwk", Agreement.quadraticKappa(gold, predicted));
            assertEquals(test, "mae", Agreement.meanAbsoluteError(gold, predicted));
            assertEquals(test, "accuracy", Agreement.accuracy(gold, predicted));
        });
    }

    @TestFactory
    Stream<DynamicTest> numbersAsScipy() {
        return cases("metrics.json", "regress", test -> {
            double[] gold = numbers(test.get("gold"));
            double[] predicted = numbers(test.get("predicted"));
            assertEquals(test, "spearman", Correlation.spearman(gold, predicted));
            assertEquals(test, "pearson", Correlation.pearson(gold, predicted));
        });
    }

    @TestFactory
    Stream<DynamicTest> spansAsConlleval() {
        return cases("conlleval.json", "cases", test -> {
            List<List<String>> gold = list(test.get("sentences"), s -> list(s.get("gold"), JsonNode::asText));
            List<List<String>> predicted = list(test.get("sentences"), s -> list(s.get("predicted"), JsonNode::asText));
            assertCounts(test, ConllEval.of(gold, predicted));
            Map<String, ConllEval> types = ConllEval.byType(gold, predicted);
            assertThat(types).hasSize(test.get("types").size());
            types.forEach((type, counts) -> assertCounts(test.get("types").get(type), counts));
        });
    }

    @Test
    void sequencesOfDifferentLengthsAreRefused() {
        assertThatThrownBy(() -> Agreement.accuracy(List.of("a"), List.of("a", "b")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Correlation.pearson(new double[2], new double[3]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nothingMeasuredIsZeroAndNotUndefined() {
        assertThat(Agreement.accuracy(List.of(), List.of())).isZero();
        assertThat(Agreement.quadraticKappa(List.of(), List.of())).isZero();
        assertThat(F1.macro(List.of(), List.of())).isZero();
        assertThat(Correlation.spearman(new double[0], new double[0])).isZero();
        assertThat(Correlation.pearson(new double[] {1e308, -1e308}, new double[] {1e-308, 2e-308}))
                .isCloseTo(-1, within(1e-12));
        assertThat(ConllEval.of(List.of(), List.of()).f1()).isZero();
    }

    private static void assertCounts(JsonNode test, ConllEval counts) {
        assertThat(List.of(counts.gold(), counts.predicted(), counts.correct()))
                .containsExactly(
                        test.get("gold").asLong(),
                        test.get("predicted").asLong(),
                        test.get("correct").asLong());
        assertEquals(test, "precision", counts.precision());
        assertEquals(test, "recall", counts.recall());
        assertEquals(test, "f1", counts.f1());
    }

    /** Undefined values (null) are 0 here. */
    private static void assertEquals(JsonNode test, String metric, double value) {
        assertThat(value).as(metric).isCloseTo(test.get(metric).asDouble(0), within(1e-6));
    }

    private static Set<String> present(JsonNode flags) {
        Set<String> present = new TreeSet<>();
        for (int i = 0; i < flags.size(); i++) if (flags.get(i).asInt() == 1) present.add(String.valueOf(i));
        return present;
    }

    private static double[] numbers(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    private static <E> List<E> list(JsonNode array, Function<JsonNode, E> element) {
        List<E> list = new ArrayList<>();
        for (JsonNode node : array) list.add(element.apply(node));
        return list;
    }

    private static Stream<DynamicTest> cases(String file, String key, Consumer<JsonNode> test) {
        try (InputStream in = MetricsReferenceTest.class.getResourceAsStream("/metrics/" + file)) {
            List<JsonNode> cases = list(new ObjectMapper().readTree(in).get(key), node -> node);
            assertThat(cases).isNotEmpty();
            return cases.stream().map(node -> dynamicTest(node.get("name").asText(), () -> test.accept(node)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
