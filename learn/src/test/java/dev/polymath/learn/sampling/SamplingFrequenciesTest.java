package dev.polymath.learn.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tasks of 10,000, 40,000 and 90,000 rows, whose square roots are as 1 to 2 to 3. */
class SamplingFrequenciesTest {
    private static final int[] ROWS = {10_000, 40_000, 90_000};
    private static final double[] EXPECTED = {1 / 6.0, 2 / 6.0, 3 / 6.0};
    private static final int DRAWS = 100_000;
    /** Chi-square with two degrees of freedom is above it once in a thousand: -2 ln 0.001. */
    private static final double CRITICAL = 13.816;

    @Test
    void aHundredThousandDrawsHaveTheProbabilitiesOfTheTemperature() {
        for (long seed = 1; seed <= 3; seed++) assertThat(chiSquare(2, seed)).isLessThan(CRITICAL);
    }

    @Test
    void theTestTellsATemperatureThatIsALittleOff() {
        assertThat(chiSquare(1.9, 1)).isGreaterThan(CRITICAL);
        assertThat(chiSquare(2.1, 1)).isGreaterThan(CRITICAL);
    }

    /** Of the first rows of an epoch, as batches come. */
    private static double chiSquare(double temperature, long seed) {
        int[][] lengths = Arrays.stream(ROWS)
                .mapToObj(rows -> {
                    int[] task = new int[rows];
                    Arrays.fill(task, 10);
                    return task;
                })
                .toArray(int[][]::new);
        EpochPlan plan = new EpochPlan(
                new EpochPlan.Rows(List.of("small", "middle", "large"), lengths, null),
                new TemperatureSampler(temperature),
                (task, scores) -> true,
                1,
                1000,
                seed);
        long[] drawn = new long[ROWS.length];
        plan.batches(List.of()).stream().flatMap(List::stream).limit(DRAWS).forEach(row -> drawn[row.task()]++);
        assertThat(Arrays.stream(drawn).sum()).isEqualTo(DRAWS);
        double statistic = 0;
        for (int task = 0; task < drawn.length; task++) {
            double expected = EXPECTED[task] * DRAWS;
            statistic += (drawn[task] - expected) * (drawn[task] - expected) / expected;
        }
        return statistic;
    }
}
