package dev.polymath.learn.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ApportionmentTest {
    @Test
    void theLargestRemaindersGetWhatIsLeft() {
        assertThat(first(10, 0.5, 0.3, 0.2)).containsExactly(5, 3, 2);
        // 2.25, 2.25 and 0.5: the half is the largest remainder.
        assertThat(first(5, 0.45, 0.45, 0.1)).containsExactly(2, 2, 1);
        // 3.33 three times: the first of equals.
        assertThat(first(10, 1 / 3.0, 1 / 3.0, 1 / 3.0)).containsExactly(4, 3, 3);
        assertThat(first(7, 1)).containsExactly(7);
        assertThat(first(3, 0.999, 0.001)).containsExactly(3, 0);
    }

    @Test
    void aTaskOfLessThanHalfARowATimeStillComes() {
        // 0.25 a time: owed 0.25, 0.5, 0.75, 1; at 0.5 against 0.5 the first of equals goes first.
        Apportionment apportionment = new Apportionment(2);
        double[] probabilities = {0.75, 0.25};
        int[] drawn = new int[2];
        for (int time = 0; time < 8; time++) {
            int[] one = apportionment.next(probabilities, 1);
            for (int task = 0; task < 2; task++) drawn[task] += one[task];
        }
        assertThat(drawn).containsExactly(6, 2);
    }

    @Property(tries = 200)
    void probabilitiesAreKeptToHoweverOftenTheyChange(@ForAll long seed) {
        Random random = new Random(seed);
        int tasks = 1 + random.nextInt(6);
        Apportionment apportionment = new Apportionment(tasks);
        double[] expected = new double[tasks];
        int[] drawn = new int[tasks];
        for (int time = 0; time < 12; time++) {
            double[] probabilities =
                    random.doubles(tasks).map(value -> value * value + 1e-9).toArray();
            double sum = Arrays.stream(probabilities).sum();
            long total = random.nextInt(20);
            for (int task = 0; task < tasks; task++) {
                probabilities[task] /= sum;
                expected[task] += probabilities[task] * total;
            }
            int[] numbers = apportionment.next(probabilities, total);
            assertThat(Arrays.stream(numbers).sum()).isEqualTo((int) total);
            for (int task = 0; task < tasks; task++) {
                assertThat(numbers[task]).isNotNegative();
                drawn[task] += numbers[task];
                assertThat(Math.abs(drawn[task] - expected[task])).isLessThan(tasks);
            }
        }
    }

    @Test
    void whatHasNoProbabilityIsNotDrawnHoweverMuchIsOwed() {
        Apportionment apportionment = new Apportionment(3);
        assertThat(apportionment.next(new double[] {0.4, 0.3, 0.3}, 1)).containsExactly(1, 0, 0);
        assertThat(apportionment.next(new double[] {0, 0.5, 0.5}, 3)).containsExactly(0, 2, 1);
        assertThat(apportionment.next(new double[] {1, 0, 0}, 4)).containsExactly(4, 0, 0);
    }

    private static int[] first(long total, double... probabilities) {
        return new Apportionment(probabilities.length).next(probabilities, total);
    }
}
