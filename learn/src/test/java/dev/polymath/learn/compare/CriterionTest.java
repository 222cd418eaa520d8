package dev.polymath.learn.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CriterionTest {
    private static final Criterion BETTER = new Criterion("new", "old", null, 0, 0.005);

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    0.010,  0.001,  0.019, HOLDS
                    0.002,  0.001,  0.003, HOLDS
                    0.010,  0.000,  0.020, UNDECIDED
                    0.010, -0.002,  0.022, UNDECIDED
                    0.001, -0.003,  0.005, UNDECIDED
                    0.001, -0.003,  0.0049, DOES_NOT_HOLD
                    -0.010, -0.018, -0.002, DOES_NOT_HOLD
                    -0.010, -0.030,  0.010, UNDECIDED
                    NaN,    NaN,    NaN,   UNDECIDED
                    0.020,  NaN,    NaN,   UNDECIDED
                    """)
    void theIntervalDecides(double mean, double low, double high, Verdict.Answer answer) {
        assertThat(BETTER.judge(summary(new Difference(mean, low, high, 0.5, 0.5)))
                        .answer())
                .isEqualTo(answer);
    }

    @Test
    void aClaimMayAskForMoreThanABetterMean() {
        Criterion more = new Criterion("new", "old", null, 0.02, 0.005);
        assertThat(more.judge(summary(difference(0.03, 0.021, 0.039))).answer()).isEqualTo(Verdict.Answer.HOLDS);
        assertThat(more.judge(summary(difference(0.02, 0.01, 0.03))).answer()).isEqualTo(Verdict.Answer.UNDECIDED);
        assertThat(more.judge(summary(difference(0.012, 0.002, 0.022))).answer())
                .isEqualTo(Verdict.Answer.DOES_NOT_HOLD);
    }

    @Test
    void aClaimMayBeOfOneTask() {
        Criterion one = new Criterion("new", "old", "a", 0, 0.005);
        Summary.Row row = row("new", Map.of("a", difference(0.1, 0.05, 0.15)), difference(-0.1, -0.15, -0.05));
        assertThat(one.judge(summary(row)).answer()).isEqualTo(Verdict.Answer.HOLDS);
        assertThat(one.judge(summary(row("new", Map.of(), null))).answer()).isEqualTo(Verdict.Answer.UNDECIDED);
    }

    @Test
    void theVerdictTellsItsFigures() {
        assertThat(BETTER.judge(summary(new Difference(0.0123, 0.002, 0.0226, 0.021, 0.021)))
                        .line())
                .isEqualTo(
                        "claim holds here: new over old, mean of 2 tasks: +1.23 points (95 % interval +0.20 to +2.26,"
                                + " p = 0.021); holds if all of it is above +0.00, does not if all is below +0.50");
        assertThat(BETTER.judge(summary(row("new", Map.of(), null))).line())
                .startsWith("undecided: ")
                .contains("no difference was measured");
    }

    @Test
    void aVariantThatWasNotComparedHasNoVerdict() {
        assertThatThrownBy(() -> new Criterion("newer", "old", null, 0, 0).judge(summary(difference(0, 0, 0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("newer");
    }

    private static Difference difference(double mean, double low, double high) {
        return new Difference(mean, low, high, 0.5, 0.5);
    }

    private static Summary summary(Difference mean) {
        return summary(row("new", Map.of(), mean));
    }

    private static Summary summary(Summary.Row row) {
        return new Summary(
                "t",
                Map.of("a", "f1", "b", "f1"),
                List.of(row("old", Map.of(), null), row),
                List.of(1L),
                Map.of(),
                Map.of());
    }

    private static Summary.Row row(String name, Map<String, Difference> against, Difference mean) {
        Interval none = new Interval(0.5, Double.NaN, Double.NaN, 1);
        Summary.Cost cost = new Summary.Cost(1, 1, 1, 1);
        return new Summary.Row(name, Map.of(), none, against, mean, cost, List.of(), Map.of(), Map.of());
    }
}
