package dev.polymath.learn.habit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.learn.sampling.EpochPlan;
import dev.polymath.learn.sampling.TemperatureSampler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
    private static final int ROWS = 30;

    @Test
    void aTaskRestsOnceItsMetricHasNotRisenForItsPatience() {
        Habit one = new EarlyStopping(1);
        assertThat(learns(one)).isTrue();
        assertThat(learns(one, 0.5)).isTrue();
        assertThat(learns(one, 0.5, 0.6)).isTrue();
        assertThat(learns(one, 0.5, 0.6, 0.6)).isFalse();
        Habit two = new EarlyStopping(2);
        assertThat(learns(two, 0.5, 0.4, 0.45)).isFalse();
        assertThat(learns(two, 0.5, 0.4, 0.55, 0.5)).isTrue();
    }

    @Test
    void aTaskThatRestsStaysAtRest() {
        assertThat(learns(new EarlyStopping(1), 0.5, 0.4, 0.9)).isFalse();
    }

    @Test
    void aMetricThatIsNoNumberHasNotRisen() {
        assertThat(learns(new EarlyStopping(1), Double.NaN)).isFalse();
        assertThat(learns(new EarlyStopping(2), Double.NaN, 0.1)).isTrue();
    }

    @Test
    void aTaskThatIsNotMeasuredNeverRests() {
        assertThat(new EarlyStopping(1).learns("other", scores(0.5, 0.5, 0.5))).isTrue();
    }

    @Test
    void itsRowsVanishFromTheEpochAndTheOthersStay() {
        Habit habit = new EarlyStopping(1);
        int[] lengths = new int[ROWS];
        Arrays.fill(lengths, 10);
        EpochPlan plan = new EpochPlan(
                new EpochPlan.Rows(List.of("risen", "task"), new int[][] {lengths, lengths}, null),
                new TemperatureSampler(1),
                habit::learns,
                6,
                60,
                1);
        List<Map<String, Double>> scores = List.of(Map.of("risen", 0.1, "task", 0.5));
        assertThat(rows(plan.batches(scores))).containsExactly(ROWS, ROWS);
        scores = List.of(Map.of("risen", 0.1, "task", 0.5), Map.of("risen", 0.2, "task", 0.5));
        assertThat(rows(plan.batches(scores))).containsExactly(ROWS, 0);
        scores = List.of(
                Map.of("risen", 0.1, "task", 0.5),
                Map.of("risen", 0.2, "task", 0.5),
                Map.of("risen", 0.2, "task", 0.6));
        assertThat(plan.batches(scores)).isEmpty();
    }

    private static int[] rows(List<List<EpochPlan.Row>> batches) {
        int[] rows = new int[2];
        for (List<EpochPlan.Row> batch : batches) for (EpochPlan.Row row : batch) rows[row.task()]++;
        return rows;
    }

    private static boolean learns(Habit habit, double... scores) {
        return habit.learns("task", scores(scores));
    }

    private static List<Map<String, Double>> scores(double... scores) {
        List<Map<String, Double>> list = new ArrayList<>();
        for (double score : scores) list.add(Map.of("task", score));
        return list;
    }
}
