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
 * so that none comes again before all have come; where a sampler admits more rows than before, the turns begin anew. Rows
 * of all tasks are shuffled together, taken in pools of {@value #POOL} batches, and batched within a pool by length:
 * little padding, and batches that still mix tasks. Rows of a task that judges them by one another make batches of their
 * own, as many rows as it says and whatever their lengths: batches of like length would tell what belongs together.
 *
 * <p>A sampler that changes within an epoch is asked several times an epoch, once a part; parts are no shorter than
 * {@value #PART} batches, since each may end with a batch that is not full.
 */
public final class EpochPlan {
    static final int POOL = 32;
    /** The least batches of a part of an epoch. */
    static final int PART = 4;

    /** A row to learn from: a task's position in the project, and the row's in the task. */
    public record Row(int task, int row) {}

    /**
     * The rows there are.
     *
     * @param tasks names of the tasks
     * @param lengths tokens of each row of each task
     * @param easiest each task's rows from the easiest to the hardest; null where the sampler does not ask
     * @param together for each task how many of its rows make up a batch of their own; 0 where they share batches with
     *     rows of other tasks
     */
    public record Rows(List<String> tasks, int[][] lengths, int[][] easiest, int[] together) {
        /** Where rows of all tasks share batches. */
        public Rows(List<String> tasks, int[][] lengths, int[][] easiest) {
            this(tasks, lengths, easiest, new int[lengths.length]);
        }
    }

    private final Rows rows;
    private final Sampler sampler;
    private final BiPredicate<String, List<Map<String, Double>>> learns;
    private final double epochs;
    private final int batchTokens;
    private final long seed;
    private final long[] sizes;
    private final double[] meanLengths;
    private final long total;
    private final int parts;

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
        this.meanLengths = Arrays.stream(rows.lengths)
                .mapToDouble(task -> Arrays.stream(task).average().orElse(0))
                .toArray();
        this.total = Arrays.stream(sizes).sum();
        long tokens = Arrays.stream(rows.lengths)
                .flatMapToInt(Arrays::stream)
                .asLongStream()
                .sum();
        this.parts = (int) Math.max(1, Math.min(sampler.parts(), tokens / ((long) PART * batchTokens)));
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
            for (int[] draws : draws(scores.subList(0, before))) {
                for (int task = 0; task < draws.length; task++) drawn[task] += draws[task];
            }
        }
        Random random = new Random(mixed(seed, scores.size(), -1));
        List<List<Row>> batches = new ArrayList<>();
        int[][] draws = draws(scores);
        for (int part = 0; part < parts; part++) {
            double admitted = sampler.admitted(moment(scores, part));
            List<Row> some = new ArrayList<>();
            for (int task = 0; task < sizes.length; task++) {
                draw(task, drawn[task], draws[part][task], admitted, some);
                drawn[task] += draws[part][task];
            }
            batches.addAll(batched(some, random));
        }
        return batches;
    }

    private Sampler.Moment moment(List<Map<String, Double>> scores, int part) {
        double done = scores.size() + (double) part / parts;
        double progress = Math.min(1, done / epochs);
        return new Sampler.Moment(rows.tasks, sizes, meanLengths, progress, scores.size(), epochs, scores);
    }

    /**
     * How many rows of each task each part of an epoch draws.
     *
     * @param scores of the epochs before
     * @return {@code [parts][tasks]}
     */
    int[][] draws(List<Map<String, Double>> scores) {
        Apportionment apportionment = new Apportionment(sizes.length);
        int[][] draws = new int[parts][];
        for (int part = 0; part < parts; part++) {
            long here = total * (part + 1) / parts - total * part / parts;
            draws[part] = apportionment.next(sampler.probabilities(moment(scores, part)), here);
        }
        for (int task = 0; task < sizes.length; task++) {
            if (learns.test(rows.tasks.get(task), scores)) continue;
            for (int[] part : draws) part[task] = 0;
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

    private List<List<Row>> batched(List<Row> all, Random random) {
        Collections.shuffle(all, random);
        List<List<Row>> batches = new ArrayList<>(alone(all));
        List<Row> some =
                all.stream().filter(row -> rows.together[row.task] == 0).toList();
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

    /** Batches of the tasks whose rows learn together; a rest of fewer than two rows is left out. */
    private List<List<Row>> alone(List<Row> shuffled) {
        List<List<Row>> batches = new ArrayList<>();
        for (int task = 0; task < sizes.length; task++) {
            int most = rows.together[task];
            if (most == 0) continue;
            int own = task;
            List<Row> some = shuffled.stream().filter(row -> row.task == own).toList();
            for (int from = 0; from < some.size(); from += most) {
                List<Row> batch = some.subList(from, Math.min(some.size(), from + most));
                if (batch.size() > 1) batches.add(List.copyOf(batch));
            }
        }
        return batches;
    }

    private int length(Row row) {
        return rows.lengths[row.task][row.row];
    }

    /** A seed that differs wherever one of its parts does (the finaliser of SplitMix64, Steele et al. 2014). */
    public static long mixed(long seed, long a, long b) {
        long z = seed + 0x9e3779b97f4a7c15L * (a + 1) + 0xbf58476d1ce4e5b9L * (b + 2);
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
