package dev.polymath.learn.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
                assertThat(Arrays.stream(times[task]).sum()).isEqualTo((epoch + 1) * plan.draws(List.of())[0][task]);
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
        int[] draws = plan(lengths, sampler, seed).draws(List.of())[0];
        long all = Arrays.stream(rows).sum();
        assertThat(Arrays.stream(draws).sum()).isEqualTo((int) all);
        double[] probabilities = sampler.probabilities(Moments.of(rows));
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

    @Property(tries = 60)
    void anEpochInPartsDrawsAsManyRowsAsThereAre(@ForAll long seed, @ForAll @IntRange(max = 5) int epoch) {
        int[][] lengths = lengths(new Random(seed), 80);
        EpochPlan plan = plan(lengths, new AnnealedSampler(0.2), seed);
        int[][] draws = plan.draws(after(epoch));
        int all = Arrays.stream(lengths).mapToInt(task -> task.length).sum();
        long[] rows = Arrays.stream(lengths).mapToLong(task -> task.length).toArray();
        assertThat(draws.length).isBetween(1, Sampler.PARTS);
        assertThat(plan.batches(after(epoch)).stream().mapToInt(List::size).sum())
                .isEqualTo(all);
        double[] expected = new double[lengths.length];
        for (int part = 0; part < draws.length; part++) {
            int here = Arrays.stream(draws[part]).sum();
            assertThat((double) here).isCloseTo((double) all / draws.length, within(1.0));
            double progress = (epoch + (double) part / draws.length) / 6;
            double[] probabilities = new AnnealedSampler(0.2).probabilities(Moments.at(progress, rows));
            for (int task = 0; task < expected.length; task++) expected[task] += probabilities[task] * here;
        }
        for (int task = 0; task < expected.length; task++) {
            int drawn = 0;
            for (int[] part : draws) drawn += part[task];
            assertThat((double) drawn).as("task %s", task).isCloseTo(expected[task], within(1.0));
        }
    }

    @Property(tries = 60)
    void noRowIsHarderThanACurriculumAdmits(@ForAll long seed, @ForAll @IntRange(max = 5) int epoch) {
        Random random = new Random(seed);
        int[][] lengths = lengths(random, 80);
        double[][] difficulty = Arrays.stream(lengths)
                .map(task -> random.doubles(task.length).toArray())
                .toArray(double[][]::new);
        Sampler sampler = new CurriculumSampler(Sampler.Difficulty.LOSS, 0.1, 0.8, 2);
        int[][] easiest = EpochPlan.easiest(difficulty);
        EpochPlan.Rows rows = new EpochPlan.Rows(names(lengths), lengths, easiest);
        EpochPlan plan = new EpochPlan(rows, sampler, (task, scores) -> true, 6, BUDGET, seed);
        List<EpochPlan.Row> drawn =
                plan.batches(after(epoch)).stream().flatMap(List::stream).toList();
        int[][] draws = plan.draws(after(epoch));
        int from = 0;
        for (int part = 0; part < draws.length; part++) {
            double progress = (epoch + (double) part / draws.length) / 6;
            double admitted = Math.min(1, Math.sqrt(progress * 0.99 / 0.8 + 0.01));
            int to = from + Arrays.stream(draws[part]).sum();
            for (EpochPlan.Row row : drawn.subList(from, to)) {
                double[] task = difficulty[row.task()];
                long easier = Arrays.stream(task)
                        .filter(other -> other < task[row.row()])
                        .count();
                assertThat(easier).isLessThan(Math.max(1, Math.round(admitted * task.length)));
            }
            from = to;
        }
        assertThat(from).isEqualTo(drawn.size());
    }

    @Test
    void antiCurriculumDrawsNothingElseInItsFirstPhase() {
        int[][] lengths = {new int[100], new int[100], new int[100]};
        for (int task = 0; task < 3; task++) Arrays.fill(lengths[task], 10 + task);
        // 3300 tokens are 55 batches, hence 10 parts an epoch and 60 in all, of which 0.29 are 17.4.
        EpochPlan plan = plan(lengths, new AntiCurriculumSampler(List.of("1"), 0.29, 1), 1);
        int[][] first = plan.draws(after(0));
        assertThat(first).hasNumberOfRows(10);
        for (int part = 0; part < 10; part++) assertThat(first[part]).containsExactly(0, 30, 0);
        int[][] second = plan.draws(after(1));
        for (int part = 0; part < 10; part++) {
            assertThat(second[part]).containsExactly(part < 8 ? new int[] {0, 30, 0} : new int[] {10, 10, 10});
        }
        assertThat(plan.batches(after(0)).stream().flatMap(List::stream))
                .hasSize(300)
                .allMatch(row -> row.task() == 1);
    }

    @Test
    void aRunOfFewBatchesIsDrawnInFewParts() {
        int[][] lengths = {new int[60]};
        Arrays.fill(lengths[0], 10);
        // 600 tokens are ten batches of 60, or two parts of four and more.
        assertThat(plan(lengths, new AnnealedSampler(0.2), 1).draws(after(0))).isDeepEqualTo(new int[][] {{30}, {30}});
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
        return new EpochPlan.Rows(names(lengths), lengths, null);
    }

    private static List<String> names(int[][] lengths) {
        return IntStream.range(0, lengths.length).mapToObj(String::valueOf).toList();
    }

    /** Scores of so many epochs. */
    private static List<Map<String, Double>> after(int epochs) {
        return Collections.nCopies(epochs, Map.of());
    }
}
