package dev.polymath.learn;

import dev.polymath.text.Batching;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Which rows each step of each epoch reads. All of it follows from the seed, so that a run can go on from any step.
 *
 * <p>An epoch draws as many rows as all tasks have together, each task its share by the sampler, a task's rows in turns
 * so that none comes again before all have come. Rows of all tasks are shuffled together, taken in pools of {@value
 * #POOL} batches, and batched within a pool by length: little padding, and batches that still mix tasks.
 */
final class EpochPlan {
    static final int POOL = 32;

    /** A row to learn from: a task's position in the project, and the row's in the task. */
    record Row(int task, int row) {}

    private final int[][] lengths;
    private final int[] draws;
    private final int batchTokens;
    private final long seed;

    /**
     * @param lengths tokens of each row of each task
     * @param batchTokens the most tokens of a batch, padding included
     */
    EpochPlan(int[][] lengths, Sampler sampler, int batchTokens, long seed) {
        this.lengths = lengths;
        this.batchTokens = batchTokens;
        this.seed = seed;
        long[] rows = new long[lengths.length];
        long total = 0;
        for (int task = 0; task < rows.length; task++) total += rows[task] = lengths[task].length;
        this.draws = apportioned(sampler.probabilities(rows), total);
    }

    /** Rows of each task that an epoch draws. */
    int[] draws() {
        return draws.clone();
    }

    /** The batches of an epoch, counted from 0, in their order. Within a batch rows are sorted by task. */
    List<List<Row>> batches(int epoch) {
        List<Row> rows = new ArrayList<>();
        for (int task = 0; task < draws.length; task++) draw(task, (long) epoch * draws[task], rows);
        Random random = new Random(mixed(seed, epoch, -1));
        Collections.shuffle(rows, random);
        List<List<Row>> batches = new ArrayList<>();
        for (int from = 0; from < rows.size(); ) {
            int to = from;
            for (long tokens = 0; to < rows.size() && tokens < (long) POOL * batchTokens; to++) {
                tokens += length(rows.get(to));
            }
            List<Row> pool = rows.subList(from, to);
            int[] sizes = pool.stream().mapToInt(this::length).toArray();
            for (List<Integer> batch : Batching.byLength(sizes, batchTokens)) {
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

    private void draw(int task, long from, List<Row> rows) {
        int size = lengths[task].length;
        List<Integer> order = null;
        long round = -1;
        for (long at = from; at < from + draws[task]; at++) {
            if (at / size != round) {
                round = at / size;
                order = new ArrayList<>(size);
                for (int row = 0; row < size; row++) order.add(row);
                Collections.shuffle(order, new Random(mixed(seed, round, task)));
            }
            rows.add(new Row(task, order.get((int) (at % size))));
        }
    }

    private int length(Row row) {
        return lengths[row.task][row.row];
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
    static long mixed(long seed, long a, long b) {
        long z = seed + 0x9e3779b97f4a7c15L * (a + 1) + 0xbf58476d1ce4e5b9L * (b + 2);
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
