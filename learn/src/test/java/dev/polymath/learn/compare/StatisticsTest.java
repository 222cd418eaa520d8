package dev.polymath.learn.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Against SciPy and statsmodels; see tools/make_statistics_fixtures.py. */
class StatisticsTest {
    private static final double NAN = Double.NaN;

    @Test
    void theIntervalIsSciPys() throws IOException {
        for (JsonNode each : json().get("intervals")) {
            Interval interval = Interval.of(values(each.get("values")));
            assertThat(interval.mean()).isCloseTo(each.get("mean").doubleValue(), within(1e-12));
            assertThat(interval.low()).isCloseTo(each.get("low").doubleValue(), within(1e-9));
            assertThat(interval.high()).isCloseTo(each.get("high").doubleValue(), within(1e-9));
            assertThat(interval.values()).isEqualTo(each.get("values").size());
        }
    }

    @Test
    void theIntervalOfThreeByHand() {
        // Standard deviation 1, error 1 / sqrt(3), and t(0.975, 2) is 4.302653.
        assertThat(Interval.of(List.of(1.0, 2.0, 3.0)).half()).isCloseTo(4.302653 / Math.sqrt(3), within(1e-6));
    }

    @Test
    void oneSeedHasNoIntervalAndNoSeedNoMean() {
        assertThat(Interval.of(List.of(0.8))).isEqualTo(new Interval(0.8, NAN, NAN, 1));
        assertThat(Interval.of(List.of())).isEqualTo(new Interval(NAN, NAN, NAN, 0));
        assertThat(Interval.of(List.of(0.8, NAN))).isEqualTo(new Interval(NAN, NAN, NAN, 2));
    }

    @Test
    void equalValuesHaveAnIntervalWithoutWidth() {
        assertThat(Interval.of(List.of(0.5, 0.5, 0.5))).isEqualTo(new Interval(0.5, 0.5, 0.5, 3));
    }

    @Test
    void holmIsStatsmodels() throws IOException {
        for (JsonNode each : json().get("holm")) {
            double[] p = array(values(each.get("p")));
            assertThat(Holm.adjust(p)).containsExactly(array(values(each.get("adjusted"))), within(1e-12));
        }
    }

    @Test
    void holmByHand() {
        // Sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1: 0.04, 0.06, 0.06, 0.04, and no step below the one before.
        assertThat(Holm.adjust(new double[] {0.04, 0.01, 0.03, 0.02}))
                .containsExactly(new double[] {0.06, 0.04, 0.06, 0.06}, within(1e-12));
    }

    @Test
    void aTestThatCouldNotBeMadeDoesNotCount() {
        assertThat(Holm.adjust(new double[] {NAN, 0.02, 0.03}))
                .containsExactly(new double[] {NAN, 0.04, 0.04}, within(1e-12));
    }

    @Test
    void differencesKeepTheirPlaceAndAllButTheirAdjustedValue() {
        Map<String, Difference> tests = new LinkedHashMap<>();
        tests.put("b", new Difference(0.1, 0, 0.2, 0.03, 0.03));
        tests.put("a", new Difference(0.2, 0.1, 0.3, 0.03, 0.03));
        Map<String, Difference> adjusted = Holm.adjust(tests);
        assertThat(adjusted.keySet()).containsExactly("b", "a");
        assertThat(adjusted.get("b")).isEqualTo(new Difference(0.1, 0, 0.2, 0.03, 0.06));
        assertThat(tests.get("b").significant()).isTrue();
        assertThat(adjusted.get("b").significant()).isFalse();
    }

    private static List<Double> values(JsonNode array) {
        List<Double> values = new ArrayList<>();
        array.forEach(value -> values.add(value.doubleValue()));
        return values;
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static JsonNode json() throws IOException {
        try (InputStream in = StatisticsTest.class.getResourceAsStream("/compare/statistics.json")) {
            return new ObjectMapper().readTree(in);
        }
    }
}
