package dev.polymath.learn.sampling;

import dev.polymath.text.Batching;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;

/**
 * Which rows each step of each epoch reads. All of it follows from the seed and from the scores of the epochs before, so
 * that a run can go on from any step.
 *
 * <p>An epoch draws as many rows as all tasks have together, each task its share by the sampler, a task's rows in turns
 * so that none comes again before all have come. Rows of all tasks are shuffled together, taken in pools of {@value
 * #POOL} batches, and batched within a pool by length: little padding, and batches that still mix tasks.
 */
public final class EpochPlan {
    static final int POOL = 32;

    /** A row to learn from: a task's position in the project, and the row's in the task. */
    public record Row(int task, int row) {}

    /**
     * The rows there are.
     *
     * @param tasks names of the tasks
     * @param lengths tokens of each row of each task
     * @param easiest each task's rows from the easiest to the hardest; null where the sampler does not ask
     */
    public record Rows(List<String> tasks, int[][] lengths, int[][] easiest) {}

    private final Rows rows;
    private final Sampler sampler;
    private final BiPredicate<String, List<Map<String, Double>>> learns;
    private final double epochs;
    private final int batchTokens;
    private final long seed;
    private final long[] sizes;
    private final long total;

    /**
     * @param learns whether a task, by its name, goes on learning after epochs with these scores; where it does not, its
     *     rows are left out and the epoch is shorter
     * @param epochs in all
     * @param batchTokens the most tokens of a batch, padding included
     */
    public EpochPlan(
            Rows rows,
            Sampler sampler,
            BiPredicate<String, List<Map<String, Double>>> learns,
            double epochs,
            int batchTokens,
            long seed) {
        this.rows = rows;
        this.sampler = sampler;
        this.learns = learns;
        this.epochs = epochs;
        this.batchTokens = batchTokens;
        this.seed = seed;
        this.sizes = Arrays.stream(rows.lengths).mapToLong(task -> task.length).toArray();
        this.total = Arrays.stream(sizes).sum();
    }

    /**
     * Each task's rows from the easiest to the hardest; rows that are as hard stay in their order.
     *
     * @param difficulty of each row of each task
     */
    public static int[][] easiest(double[][] difficulty) {
        return Arrays.stream(difficulty)
                .map(task -> IntStream.range(0, task.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(row -> task[row]))
                        .mapToInt(Integer::intValue)
                        .toArray())
                .toArray(int[][]::new);
    }

    /**
     * The batches of an epoch in their order. Within a batch rows are sorted by task.
     *
     * @param scores of the epochs before, each task's primary metric on its dev rows: as many as there were epochs
     */
    public List<List<Row>> batches(List<Map<String, Double>> scores) {
        long[] drawn = new long[sizes.length];
        for (int before = 0; before < scores.size(); before++) {
            for (int part = 0; part < sampler.parts(); part++) {
                int[] draws = draws(moment(scores.subList(0, before), part), part);
                for (int task = 0; task < draws.length; task++) drawn[task] += draws[task];
            }
        }
        Random random = new Random(mixed(seed, scores.size(), -1));
        List<List<Row>> batches = new ArrayList<>();
        for (int part = 0; part < sampler.parts(); part++) {
            Sampler.Moment moment = moment(scores, part);
            int[] draws = draws(moment, part);
            List<Row> some = new ArrayList<>();
            for (int task = 0; task < draws.length; task++) {
                draw(task, drawn[task], draws[task], sampler.admitted(moment), some);
                drawn[task] += draws[task];
            }
            batches.addAll(batched(some, random));
        }
        return batches;
    }

    private Sampler.Moment moment(List<Map<String, Double>> scores, int part) {
        double done = scores.size() + (double) part / sampler.parts();
        double progress = Math.min(1, done / epochs);
        return new Sampler.Moment(rows.tasks, sizes, progress, scores.size(), epochs, scores);
    }

    /** Rows of each task that a part of an epoch draws. */
    int[] draws(Sampler.Moment moment, int part) {
        int parts = sampler.parts();
        long here = total * (part + 1) / parts - total * part / parts;
        int[] draws = apportioned(sampler.probabilities(moment), here);
        for (int task = 0; task < draws.length; task++) {
            if (!learns.test(rows.tasks.get(task), moment.scores())) draws[task] = 0;
        }
        return draws;
    }

    private void draw(int task, long from, int count, double admitted, List<Row> some) {
        int size = (int) Math.max(1, Math.round(admitted * sizes[task]));
        List<Integer> order = null;
        long round = -1;
        for (long at = from; at < from + count; at++) {
            if (at / size != round) {
                round = at / size;
                order = new ArrayList<>(size);
                for (int row = 0; row < size; row++) order.add(rows.easiest == null ? row : rows.easiest[task][row]);
                Collections.shuffle(order, new Random(mixed(seed, round, task)));
            }
            some.add(new Row(task, order.get((int) (at % size))));
        }
    }

    private List<List<Row>> batched(List<Row> some, Random random) {
        Collections.shuffle(some, random);
        List<List<Row>> batches = new ArrayList<>();
        for (int from = 0; from < some.size(); ) {
            int to = from;
            for (long tokens = 0; to < some.size() && tokens < (long) POOL * batchTokens; to++) {
                tokens += length(some.get(to));
            }
            List<Row> pool = some.subList(from, to);
            int[] lengths = pool.stream().mapToInt(this::length).toArray();
            for (List<Integer> batch : Batching.byLength(lengths, batchTokens)) {
                List<Row> members =
                        new ArrayList<>(batch.stream().map(pool::get).toList());
                members.sort((a, b) -> Integer.compare(a.task, b.task));
                batches.add(List.copyOf(members));
            }
            from = to;
        }
        Collections.shuffle(batches, random);
        return batches;
    }

    private int length(Row row) {
        return rows.lengths[row.task][row.row];
    }

    /** Whole numbers in proportion to the probabilities that sum to the total, by largest remainders. */
    static int[] apportioned(double[] probabilities, long total) {
        int[] numbers = new int[probabilities.length];
        double[] missing = new double[probabilities.length];
        long left = total;
        for (int i = 0; i < numbers.length; i++) {
            double exact = probabilities[i] * total;
            numbers[i] = (int) exact;
            missing[i] = exact - numbers[i];
            left -= numbers[i];
        }
        for (; left > 0; left--) {
            int most = 0;
            for (int i = 1; i < missing.length; i++) if (missing[i] > missing[most]) most = i;
            numbers[most]++;
            missing[most]--;
        }
        return numbers;
    }

    /** A seed that differs wherever one of its parts does (the finaliser of SplitMix64, Steele et al. 2014). */
    public static long mixed(long seed, long a, long b) {
        long z = seed + 0x9e3779b97f4a7c15L * (a + 1) + 0xbf58476d1ce4e5b9L * (b + 2);
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
