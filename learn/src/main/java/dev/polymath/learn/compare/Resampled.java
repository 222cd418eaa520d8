package dev.polymath.learn.compare;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A variant's metric on the test items and on resamples of them.
 *
 * @param seeds by a run's seed, what that run reached
 */
public record Resampled(Map<Long, Draws> seeds) {
    /**
     * A run's metric.
     *
     * @param observed on the test items as they are
     * @param rounds on the items drawn in each round
     */
    public record Draws(double observed, double[] rounds) {}

    public Resampled {
        seeds = Map.copyOf(seeds);
    }

    /**
     * The mean of the tasks' metrics, round by round; of the seeds that have all the tasks.
     *
     * @throws IllegalArgumentException if there is no task
     */
    public static Resampled mean(Collection<Resampled> tasks) {
        if (tasks.isEmpty()) throw new IllegalArgumentException("no tasks to take the mean of");
        Map<Long, Draws> means = new LinkedHashMap<>();
        for (long seed : tasks.iterator().next().seeds.keySet()) {
            if (tasks.stream().allMatch(task -> task.seeds.containsKey(seed))) means.put(seed, mean(tasks, seed));
        }
        return new Resampled(means);
    }

    private static Draws mean(Collection<Resampled> tasks, long seed) {
        Iterator<Resampled> each = tasks.iterator();
        Draws first = each.next().seeds.get(seed);
        double observed = first.observed;
        double[] rounds = first.rounds.clone();
        while (each.hasNext()) {
            Draws next = each.next().seeds.get(seed);
            observed += next.observed;
            for (int round = 0; round < rounds.length; round++) rounds[round] += next.rounds[round];
        }
        for (int round = 0; round < rounds.length; round++) rounds[round] /= tasks.size();
        return new Draws(observed / tasks.size(), rounds);
    }
}
