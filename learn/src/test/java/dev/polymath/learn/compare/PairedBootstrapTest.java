package dev.polymath.learn.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedBootstrapTest {
    private final PairedBootstrap bootstrap = new PairedBootstrap(1000, 7);

    @Test
    void withOneSeedTheIntervalIsTheNormalOneOfTheItemsDifferences() {
        // 400 items: 80 that only the variant has right, 40 that only the other has. Mean 0.1; variance of an item's
        // difference 0.3 - 0.01 = 0.29; error sqrt(0.29 / 400) = 0.0269; 1.96 errors are 0.0528.
        boolean[] variant = new boolean[400];
        boolean[] other = new boolean[400];
        for (int item = 0; item < 80; item++) variant[item] = true;
        for (int item = 80; item < 120; item++) other[item] = true;
        PairedBootstrap many = new PairedBootstrap(4000, 7);
        Difference difference =
                many.compare(resampled(many, "task", Map.of(1L, variant)), resampled(many, "task", Map.of(1L, other)));
        assertThat(difference.mean()).isCloseTo(0.1, within(1e-12));
        assertThat(difference.low()).isCloseTo(0.1 - 0.0528, within(0.004));
        assertThat(difference.high()).isCloseTo(0.1 + 0.0528, within(0.004));
        // 3.7 errors: 0.0002 by the normal distribution, and no less than 2 / 4001.
        assertThat(difference.p()).isBetween(2 / 4001.0, 0.002).isEqualTo(difference.adjusted());
        assertThat(difference.significant()).isTrue();
    }

    @Test
    void pairingSparesWhatBothFindHard() {
        // Both are right on the first 200 and wrong on the last 195; the variant is right on 5 more. Unpaired, the
        // interval would be 0.14 wide; no resample has the variant worse.
        boolean[] variant = firstOf(205);
        boolean[] other = firstOf(200);
        Difference difference =
                bootstrap.compare(resampled("task", Map.of(1L, variant)), resampled("task", Map.of(1L, other)));
        assertThat(difference.low()).isGreaterThanOrEqualTo(0);
        assertThat(difference.high()).isLessThan(0.03);
    }

    @Test
    void aVariantIsNoDifferentFromItself() {
        Resampled same = resampled("task", Map.of(1L, firstOf(200), 2L, firstOf(190)));
        assertThat(bootstrap.compare(same, same)).isEqualTo(new Difference(0, 0, 0, 1, 1));
    }

    @Test
    void turnedRoundTheDifferenceIsTheSameWithTheOtherSign() {
        Resampled one = resampled("task", Map.of(1L, random(0.8, 1)));
        Resampled two = resampled("task", Map.of(1L, random(0.75, 2)));
        Difference there = bootstrap.compare(one, two);
        Difference back = bootstrap.compare(two, one);
        assertThat(back.mean()).isEqualTo(-there.mean());
        assertThat(back.low()).isCloseTo(-there.high(), within(1e-12));
        assertThat(back.p()).isEqualTo(there.p());
    }

    @Test
    void theSameSeedGivesTheSameResultAndAnotherDoesNot() {
        Map<Long, ItemMetric> one = Map.of(1L, accuracy(random(0.8, 1)), 2L, accuracy(random(0.7, 3)));
        Map<Long, ItemMetric> two = Map.of(1L, accuracy(random(0.75, 2)), 2L, accuracy(random(0.75, 4)));
        Difference first = compare(new PairedBootstrap(500, 7), one, two);
        assertThat(compare(new PairedBootstrap(500, 7), one, two)).isEqualTo(first);
        assertThat(compare(new PairedBootstrap(500, 8), one, two).low()).isNotEqualTo(first.low());
    }

    @Test
    void onlySeedsThatBothHaveAreCompared() {
        Resampled one = resampled("task", Map.of(1L, firstOf(300), 2L, firstOf(0)));
        Resampled two = resampled("task", Map.of(1L, firstOf(200), 3L, firstOf(400)));
        assertThat(bootstrap.compare(one, two).mean()).isCloseTo(0.25, within(1e-12));
    }

    @Test
    void whatCannotBeComparedIsNotANumberAndNotSignificant() {
        Resampled none = resampled("task", Map.of());
        Resampled broken = bootstrap.resample("task", 400, Map.of(1L, items -> Double.NaN));
        Resampled some = resampled("task", Map.of(1L, firstOf(200)));
        for (Difference difference : List.of(bootstrap.compare(none, some), bootstrap.compare(broken, some))) {
            assertThat(difference.mean()).isNaN();
            assertThat(difference.p()).isNaN();
            assertThat(difference.significant()).isFalse();
        }
    }

    @Test
    void aRoundWithoutAMetricIsLeftOut() {
        // No metric where the first item was not drawn: in (1 - 1/400)^400, about 37 %, of the rounds.
        ItemMetric sometimes = items -> {
            for (int item : items) if (item == 0) return 0.7;
            return Double.NaN;
        };
        Resampled one = bootstrap.resample("task", 400, Map.of(1L, sometimes));
        Resampled two = bootstrap.resample("task", 400, Map.of(1L, items -> 0.6));
        Difference difference = bootstrap.compare(one, two);
        assertThat(difference.low()).isCloseTo(0.1, within(1e-12));
        assertThat(difference.p()).isBetween(2 / 1001.0, 2 / 500.0);
    }

    @Test
    void seedsThatDisagreeMakeTheIntervalStudents() {
        // No item matters; differences 0.01, 0.02, 0.03: 0.02 with t(0.975, 2) * 0.01 / sqrt(3) = 0.0248 either way.
        PairedBootstrap many = new PairedBootstrap(20000, 7);
        Resampled one = many.resample("task", 4, Map.of(1L, i -> 0.81, 2L, i -> 0.82, 3L, i -> 0.83));
        Resampled two = many.resample("task", 4, Map.of(1L, i -> 0.8, 2L, i -> 0.8, 3L, i -> 0.8));
        Difference difference = many.compare(one, two);
        assertThat(difference.mean()).isCloseTo(0.02, within(1e-12));
        assertThat(difference.low()).isCloseTo(0.02 - 0.0248, within(0.0015));
        assertThat(difference.high()).isCloseTo(0.02 + 0.0248, within(0.0015));
        // t = 0.02 / (0.01 / sqrt(3)) = 3.464 with 2 degrees of freedom: p = 0.0742.
        assertThat(difference.p()).isCloseTo(0.0742, within(0.008));
    }

    @Test
    void theMeanOfTasksHasTheErrorOfTheirMean() {
        // Two tasks drawn apart, each with error 0.0269 as above: 1.96 * 0.0269 / sqrt(2) = 0.0373.
        boolean[] variant = new boolean[400];
        boolean[] other = new boolean[400];
        for (int item = 0; item < 80; item++) variant[item] = true;
        for (int item = 80; item < 120; item++) other[item] = true;
        PairedBootstrap many = new PairedBootstrap(4000, 7);
        Resampled one = Resampled.mean(
                List.of(resampled(many, "a", Map.of(1L, variant)), resampled(many, "b", Map.of(1L, variant))));
        Resampled two = Resampled.mean(
                List.of(resampled(many, "a", Map.of(1L, other)), resampled(many, "b", Map.of(1L, other))));
        Difference difference = many.compare(one, two);
        assertThat(difference.mean()).isCloseTo(0.1, within(1e-12));
        assertThat((difference.high() - difference.low()) / 2).isCloseTo(0.0373, within(0.003));
    }

    @Test
    void theMeanIsOfSeedsThatHaveAllTasks() {
        Resampled mean = Resampled.mean(List.of(
                resampled("a", Map.of(1L, firstOf(100), 2L, firstOf(200))),
                resampled("b", Map.of(2L, firstOf(300), 3L, firstOf(100)))));
        assertThat(mean.seeds().keySet()).containsExactly(2L);
        assertThat(mean.seeds().get(2L).observed()).isCloseTo(0.625, within(1e-12));
    }

    @Test
    void roundsLeaveRoomForTheCorrection() {
        for (int tests : new int[] {1, 5, 12, 13, 50, 200}) {
            double smallest = 2.0 / (PairedBootstrap.rounds(tests) + 1);
            assertThat(tests * smallest).as("%d tests", tests).isLessThan(0.05);
        }
        assertThat(PairedBootstrap.rounds(5)).isEqualTo(1000);
    }

    @Test
    void tooFewRoundsAndAnEmptyTaskAreRefused() {
        assertThatThrownBy(() -> new PairedBootstrap(10, 1)).hasMessageContaining("10 rounds");
        assertThatThrownBy(() -> bootstrap.resample("faq", 0, Map.of())).hasMessageContaining("faq");
    }

    @Test
    void theIntervalHoldsTheTruthAboutAsOftenAsItSays() {
        // Of 400 intervals, 95 % give 380 with a standard deviation of 4.4.
        assertThat(coverage(0)).as("seeds that do not matter").isBetween(0.93, 0.98);
        // Effects of the seeds as large as those of the items: three seeds tell little of their spread.
        assertThat(coverage(0.02)).as("seeds that matter").isBetween(0.90, 0.98);
        // Items alone would hold it in a quarter of the cases, seeds drawn with replacement in 80 %.
        assertThat(coverage(0.15)).as("seeds that decide").isBetween(0.90, 0.98);
    }

    /** Share of 400 simulated comparisons whose interval holds the true difference of accuracies, 0.03. */
    private static double coverage(double seedEffect) {
        Random random = new Random(11);
        int held = 0;
        for (int simulation = 0; simulation < 400; simulation++) {
            PairedBootstrap bootstrap = new PairedBootstrap(400, simulation);
            double[] hardness = random.doubles(300).toArray();
            Map<Long, ItemMetric> variant = new LinkedHashMap<>();
            Map<Long, ItemMetric> other = new LinkedHashMap<>();
            for (long seed = 0; seed < 3; seed++) {
                variant.put(seed, accuracy(right(random, hardness, 0.73 + seedEffect * random.nextGaussian())));
                other.put(seed, accuracy(right(random, hardness, 0.70 + seedEffect * random.nextGaussian())));
            }
            Difference difference = compare(bootstrap, variant, other);
            if (difference.low() <= 0.03 && 0.03 <= difference.high()) held++;
        }
        return held / 400.0;
    }

    /** Right where an item is easier than the skill; one item in five is a guess that is right at the skill's rate. */
    private static boolean[] right(Random random, double[] hardness, double skill) {
        boolean[] right = new boolean[hardness.length];
        for (int item = 0; item < right.length; item++) {
            double threshold = random.nextInt(5) == 0 ? random.nextDouble() : hardness[item];
            right[item] = threshold < skill;
        }
        return right;
    }

    private static Difference compare(
            PairedBootstrap bootstrap, Map<Long, ItemMetric> variant, Map<Long, ItemMetric> other) {
        return bootstrap.compare(bootstrap.resample("task", 300, variant), bootstrap.resample("task", 300, other));
    }

    private Resampled resampled(String task, Map<Long, boolean[]> right) {
        return resampled(bootstrap, task, right);
    }

    private static Resampled resampled(PairedBootstrap bootstrap, String task, Map<Long, boolean[]> right) {
        Map<Long, ItemMetric> metrics = new LinkedHashMap<>();
        right.forEach((seed, rows) -> metrics.put(seed, accuracy(rows)));
        return bootstrap.resample(task, 400, metrics);
    }

    private static ItemMetric accuracy(boolean[] right) {
        return items -> {
            int sum = 0;
            for (int item : items) if (right[item]) sum++;
            return (double) sum / items.length;
        };
    }

    private static boolean[] firstOf(int count) {
        boolean[] right = new boolean[400];
        for (int item = 0; item < count; item++) right[item] = true;
        return right;
    }

    private static boolean[] random(double rate, long seed) {
        Random random = new Random(seed);
        boolean[] right = new boolean[400];
        for (int item = 0; item < right.length; item++) right[item] = random.nextDouble() < rate;
        return right;
    }
}
