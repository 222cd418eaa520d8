package dev.polymath.learn.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class EpochPlanTest {
    private static final int BUDGET = 60;

    @Property(tries = 60)
    void everyRowOfATaskComesOnceBeforeAnyComesAgain(
            @ForAll long seed, @ForAll @LongRange(min = 1, max = 8) long temperature) {
        int[][] lengths = lengths(new Random(seed), 20);
        EpochPlan plan = plan(lengths, new TemperatureSampler(temperature), seed);
        int[][] times = new int[lengths.length][];
        for (int task = 0; task < times.length; task++) times[task] = new int[lengths[task].length];
        for (int epoch = 0; epoch < 4; epoch++) {
            for (List<EpochPlan.Row> batch : plan.batches(after(epoch))) {
                for (EpochPlan.Row row : batch) times[row.task()][row.row()]++;
            }
            for (int task = 0; task < times.length; task++) {
                assertThat(Arrays.stream(times[task]).sum())
                        .isEqualTo((epoch + 1) * plan.draws(moment(lengths), 0)[task]);
                int most = Arrays.stream(times[task]).max().orElseThrow();
                int least = Arrays.stream(times[task]).min().orElseThrow();
                assertThat(most - least).isLessThanOrEqualTo(1);
            }
        }
    }

    @Property(tries = 60)
    void anEpochDrawsAsManyRowsAsThereAre(@ForAll long seed, @ForAll @LongRange(min = 1, max = 8) long temperature) {
        int[][] lengths = lengths(new Random(seed), 50);
        long[] rows = Arrays.stream(lengths).mapToLong(task -> task.length).toArray();
        Sampler sampler = new TemperatureSampler(temperature);
        int[] draws = plan(lengths, sampler, seed).draws(moment(lengths), 0);
        long all = Arrays.stream(rows).sum();
        assertThat(Arrays.stream(draws).sum()).isEqualTo((int) all);
        double[] probabilities = sampler.probabilities(moment(lengths));
        for (int task = 0; task < draws.length; task++) {
            assertThat(Math.abs(draws[task] - probabilities[task] * all)).isLessThan(1);
        }
    }

    @Property(tries = 60)
    void aBatchKeepsToTheBudgetAndIsSortedByTask(@ForAll long seed, @ForAll @IntRange(max = 5) int epoch) {
        int[][] lengths = lengths(new Random(seed), 50);
        for (List<EpochPlan.Row> batch :
                plan(lengths, new TemperatureSampler(1), seed).batches(after(epoch))) {
            assertThat(batch).isNotEmpty().isSortedAccordingTo(Comparator.comparing(EpochPlan.Row::task));
            int longest = batch.stream()
                    .mapToInt(row -> lengths[row.task()][row.row()])
                    .max()
                    .orElseThrow();
            assertThat(batch.size() == 1 || batch.size() * longest <= BUDGET).isTrue();
        }
    }

    @Property(tries = 30)
    void anEpochFollowsFromTheSeedAloneWhateverCameBefore(@ForAll long seed) {
        int[][] lengths = lengths(new Random(seed), 30);
        EpochPlan plan = plan(lengths, new TemperatureSampler(2), seed);
        for (int epoch = 0; epoch < 3; epoch++) plan.batches(after(epoch));
        EpochPlan again = plan(lengths, new TemperatureSampler(2), seed);
        assertThat(again.batches(after(3))).isEqualTo(plan.batches(after(3)));
    }

    @Test
    void anotherSeedAndAnotherEpochAreOtherBatches() {
        int[][] lengths = lengths(new Random(4), 50);
        EpochPlan plan = plan(lengths, new TemperatureSampler(2), 1);
        assertThat(plan.batches(after(1))).isNotEqualTo(plan.batches(after(0)));
        assertThat(plan(lengths, new TemperatureSampler(2), 2).batches(after(0)))
                .isNotEqualTo(plan.batches(after(0)));
    }

    @Test
    void batchesMixTasks() {
        int[][] lengths = {new int[40], new int[40]};
        for (int[] task : lengths) Arrays.fill(task, 10);
        assertThat(plan(lengths, new TemperatureSampler(1), 1).batches(after(0)))
                .anyMatch(batch ->
                        batch.get(0).task() == 0 && batch.get(batch.size() - 1).task() == 1);
    }

    @Test
    void wholeNumbersAreApportionedByLargestRemainders() {
        assertThat(EpochPlan.apportioned(new double[] {0.5, 0.3, 0.2}, 10)).containsExactly(5, 3, 2);
        // 2.25, 2.25 and 0.5: the half is the largest remainder.
        assertThat(EpochPlan.apportioned(new double[] {0.45, 0.45, 0.1}, 5)).containsExactly(2, 2, 1);
        // 3.33 three times: the first of equals.
        assertThat(EpochPlan.apportioned(new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, 10))
                .containsExactly(4, 3, 3);
        assertThat(EpochPlan.apportioned(new double[] {1}, 7)).containsExactly(7);
        assertThat(EpochPlan.apportioned(new double[] {0.999, 0.001}, 3)).containsExactly(3, 0);
    }

    @Test
    void seedsThatAreMixedDiffer() {
        long[] mixed = new long[4000];
        int at = 0;
        for (long seed = 0; seed < 10; seed++) {
            for (long a = 0; a < 20; a++) for (long b = -2; b < 18; b++) mixed[at++] = EpochPlan.mixed(seed, a, b);
        }
        assertThat(Arrays.stream(mixed).distinct().count()).isEqualTo(mixed.length);
    }

    /** One to four tasks of one to {@code most} rows, of 3 to 30 tokens, now and then over the budget. */
    private static int[][] lengths(Random random, int most) {
        int[][] lengths = new int[1 + random.nextInt(4)][];
        for (int task = 0; task < lengths.length; task++) {
            lengths[task] = random.ints(1 + random.nextInt(most), 3, 31).toArray();
            if (random.nextInt(4) == 0) lengths[task][0] = BUDGET + 5;
        }
        return lengths;
    }

    private static EpochPlan plan(int[][] lengths, Sampler sampler, long seed) {
        return new EpochPlan(rows(lengths), sampler, (task, scores) -> true, 6, BUDGET, seed);
    }

    private static EpochPlan.Rows rows(int[][] lengths) {
        List<String> tasks =
                IntStream.range(0, lengths.length).mapToObj(String::valueOf).toList();
        return new EpochPlan.Rows(tasks, lengths, null);
    }

    private static Sampler.Moment moment(int[][] lengths) {
        long[] sizes = Arrays.stream(lengths).mapToLong(task -> task.length).toArray();
        return new Sampler.Moment(rows(lengths).tasks(), sizes, 0, 0, 6, List.of());
    }

    /** Scores of so many epochs. */
    private static List<Map<String, Double>> after(int epochs) {
        return Collections.nCopies(epochs, Map.of());
    }
}
