package dev.polymath.learn.sampling;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The hardest tasks alone, then all together: for the first {@code share} of the run rows are drawn from the tasks of
 * {@code first} only, afterwards from all; in both phases with probability proportional to {@code rows^(1 /
 * temperature)} of the tasks drawn from.
 *
 * <p>Knobs: {@code first}, {@code share}, {@code temperature}. Without {@code first} it is the one task whose training
 * rows are the longest on average, in tokens; of equals the first. (The paper goes by the steps that a task needs when
 * learned alone, which nothing tells beforehand.) Where none of the tasks that are learned is in {@code first}, there is
 * one phase.
 *
 * <p>Source: B. McCann et al., The Natural Language Decathlon, 2018, arXiv:1806.08730.
 *
 * @param first names of tasks; empty for the one with the longest rows
 * @param share of the run, 0 to 1
 * @param temperature at least 1
 */
public record AntiCurriculumSampler(List<String> first, double share, double temperature)
        implements Sampler, Sampler.Kind {
    public AntiCurriculumSampler {
        first = List.copyOf(first);
        if (!(share >= 0 && share <= 1)) throw new IllegalArgumentException("a share of " + share);
    }

    @Override
    public Sampler create() {
        return this;
    }

    @Override
    public void check(Map<String, String> types) {
        for (String task : first) {
            if (types.containsKey(task)) continue;
            throw new InputException("sampling anti-curriculum: 'first' names a task '" + task + "' that is not there"
                    + Choices.instead(task, types.keySet()));
        }
    }

    @Override
    public double[] probabilities(Moment moment) {
        double[] all = new TemperatureSampler(temperature).probabilities(moment);
        return moment.progress() < share ? only(all, hardest(moment)) : all;
    }

    private IntPredicate hardest(Moment moment) {
        if (!first.isEmpty()) return task -> first.contains(moment.tasks().get(task));
        double[] lengths = moment.lengths();
        int longest = 0;
        for (int task = 1; task < lengths.length; task++) if (lengths[task] > lengths[longest]) longest = task;
        int one = longest;
        return task -> task == one;
    }

    private static double[] only(double[] all, IntPredicate chosen) {
        double[] some = new double[all.length];
        double total = 0;
        for (int task = 0; task < all.length; task++) if (chosen.test(task)) total += all[task];
        if (total == 0) return all;
        for (int task = 0; task < all.length; task++) if (chosen.test(task)) some[task] = all[task] / total;
        return some;
    }

    @Override
    public int parts() {
        return PARTS;
    }
}
