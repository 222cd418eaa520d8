package dev.polymath.learn.compare;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The paired bootstrap over test items within seeds: is a variant's metric on the test rows better than another's by
 * more than these rows and these seeds would make it by chance?
 *
 * <p>Items (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapters 13 and 16; Koehn 2004, Statistical
 * Significance Tests for Machine Translation Evaluation; recommended for text tasks by Dror et al. 2018, The
 * Hitchhiker's Guide to Testing Statistical Significance in NLP): a round draws as many test items as there are, with
 * replacement, and both variants and all seeds are measured on that same draw. The draw is shared by the seeds because
 * the items are: a hard row is hard for each of them, and drawing anew for each seed would count a test set of n items
 * as one of 3 n. A run is paired with the other variant's run of the same seed.
 *
 * <p>Seeds: three cannot be resampled. All three agree by chance in a quarter of the cases, and then every resample
 * agrees too. Instead a round adds {@code t * sqrt(v / seeds)}, where {@code t} is drawn from Student's distribution of
 * {@code seeds - 1} degrees of freedom, and {@code v} is the variance of the differences between seeds less what the
 * items alone put there (never below 0): what the t-interval of a mean allows for. With one seed nothing is added, and
 * the test is of these two models rather than of the two methods.
 *
 * <p>Share of 95 % intervals that hold the truth, simulated by tools/simulate_seed_intervals.py (3 seeds, 300 items,
 * seed effects on the decision threshold of 0, 0.1, 0.2, 0.5): items only 0.95, 0.86, 0.62, 0.29; items and seeds
 * resampled 0.99, 0.98, 0.88, 0.80; this 0.97, 0.95, 0.91, 0.94, at four fifths of the width of the latter where seeds
 * matter little.
 */
public final class PairedBootstrap {
    private static final double TAIL = 0.025;

    private final int rounds;
    private final long random;

    /**
     * @param rounds at least 100; see {@link #rounds(int)}
     * @param random seed of the draws; same seed, same result
     */
    public PairedBootstrap(int rounds, long random) {
        if (rounds < 100) throw new IllegalArgumentException(rounds + " rounds; at least 100 are needed");
        this.rounds = rounds;
        this.random = random;
    }

    /**
     * Rounds that leave room for Holm's correction: the smallest p-value is {@code 2 / (rounds + 1)}, which times the
     * number of tests must be below 0.05 or nothing could ever be significant.
     *
     * @param tests that are corrected together
     * @return 1000, or 80 a test where that is more
     */
    public static int rounds(int tests) {
        return Math.max(1000, 80 * tests);
    }

    /**
     * Measures a variant's runs on resamples of a task's test items. Every variant's call with the same task and number
     * of items gets the same draws, so one call a variant serves all comparisons. Rounds run on the common thread pool.
     *
     * @param task its name; other tasks get other draws
     * @param items number of the task's test items
     * @param metrics by seed, of the runs that did not fail
     */
    public Resampled resample(String task, int items, Map<Long, ItemMetric> metrics) {
        if (items < 1) throw new IllegalArgumentException("task " + task + " has no test items");
        // A stream of random numbers a round, so that rounds may run in any order.
        long[] streams = new SplittableRandom(random ^ ((long) task.hashCode() << 32))
                .longs(rounds)
                .toArray();
        int[] all = IntStream.range(0, items).toArray();
        Map<Long, Resampled.Draws> draws = new LinkedHashMap<>();
        metrics.forEach((seed, metric) -> draws.put(seed, new Resampled.Draws(metric.of(all), new double[rounds])));
        IntStream.range(0, rounds).parallel().forEach(round -> {
            int[] drawn = draw(items, streams[round]);
            metrics.forEach((seed, metric) -> draws.get(seed).rounds()[round] = metric.of(drawn));
        });
        return new Resampled(draws);
    }

    private static int[] draw(int items, long stream) {
        SplittableRandom random = new SplittableRandom(stream);
        int[] drawn = new int[items];
        for (int i = 0; i < items; i++) drawn[i] = random.nextInt(items);
        return drawn;
    }

    /**
     * Tests one variant against another, over the seeds that both have.
     *
     * <p>The interval is the percentile one. The p-value is the smallest level whose interval leaves 0 out:
     * {@code 2 (1 + min(rounds at or below 0, rounds at or above 0)) / (1 + rounds)}, at most 1; the ones keep it from
     * being 0 (Davison and Hinkley 1997, Bootstrap Methods and their Application, section 4.2). Rounds where a metric
     * is NaN are left out. Interval and p are NaN where an observed metric is, where the two share no seed, or where
     * under half the rounds remain; two variants that agree in every round have no interval but 0 and p = 1.
     *
     * @return the difference, not yet corrected: {@code adjusted} is {@code p}
     */
    public Difference compare(Resampled variant, Resampled other) {
        // In order of the seeds: sums must not depend on a hash.
        TreeSet<Long> seeds = new TreeSet<>(variant.seeds().keySet());
        seeds.retainAll(other.seeds().keySet());
        double[] observed = new double[seeds.size()];
        double[][] differences = new double[seeds.size()][];
        int place = 0;
        for (long seed : seeds) {
            Resampled.Draws mine = variant.seeds().get(seed);
            Resampled.Draws theirs = other.seeds().get(seed);
            observed[place] = mine.observed() - theirs.observed();
            differences[place] = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                differences[place][round] = mine.rounds()[round] - theirs.rounds()[round];
            }
            place++;
        }
        double mean = Arrays.stream(observed).average().orElse(Double.NaN);
        double[] means = means(differences);
        int[] valid = IntStream.range(0, rounds)
                .filter(round -> !Double.isNaN(means[round]))
                .toArray();
        if (Double.isNaN(mean) || valid.length < rounds / 2) {
            return new Difference(mean, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }
        double[] kept = Arrays.stream(valid).mapToDouble(round -> means[round]).toArray();
        addSeeds(kept, seedVariance(observed, differences, means, valid), seeds.size());
        Arrays.sort(kept);
        double p = p(kept);
        return new Difference(mean, quantile(kept, TAIL), quantile(kept, 1 - TAIL), p, p);
    }

    /** [rounds]: the mean over seeds. */
    private double[] means(double[][] differences) {
        double[] means = new double[rounds];
        for (double[] seed : differences) {
            for (int round = 0; round < rounds; round++) means[round] += seed[round] / differences.length;
        }
        if (differences.length == 0) Arrays.fill(means, Double.NaN);
        return means;
    }

    /** The variance of the seeds' differences less the part that comes from their meeting other items. */
    private static double seedVariance(double[] observed, double[][] differences, double[] means, int[] valid) {
        int seeds = observed.length;
        if (seeds < 2) return 0;
        double fromItems = 0;
        for (double[] seed : differences) {
            fromItems += variance(Arrays.stream(valid)
                    .mapToDouble(round -> seed[round] - means[round])
                    .toArray());
        }
        return Math.max(0, variance(observed) - fromItems / (seeds - 1));
    }

    private static double variance(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double squares = 0;
        for (double value : values) squares += (value - mean) * (value - mean);
        return squares / (values.length - 1);
    }

    private void addSeeds(double[] values, double variance, int seeds) {
        if (variance == 0) return;
        SplittableRandom draws = new SplittableRandom(random);
        double scale = Math.sqrt(variance / seeds);
        for (int i = 0; i < values.length; i++) {
            double squares = 0;
            for (int freedom = 1; freedom < seeds; freedom++) squares += Math.pow(draws.nextGaussian(), 2);
            values[i] += scale * draws.nextGaussian() / Math.sqrt(squares / (seeds - 1));
        }
    }

    private static double p(double[] values) {
        // Sums of floating-point metrics that should be 0 are off by a few ulps, to either side.
        double zero = 1e-12;
        long below = Arrays.stream(values).filter(value -> value <= zero).count();
        long above = Arrays.stream(values).filter(value -> value >= -zero).count();
        return Math.min(1, 2.0 * (1 + Math.min(below, above)) / (1 + values.length));
    }

    /** Of sorted values, between neighbours by a straight line, as numpy's default. */
    private static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
