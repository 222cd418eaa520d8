package dev.polymath.learn.sampling;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * More of the task that is furthest from what it reaches when it is learned alone. After each epoch
 *
 * <pre>p_t proportional to rows_t^(1 / temperature) / (min(1, s_t / b_t)^strength + floor)</pre>
 *
 * where {@code s_t} is the task's primary metric on its dev rows after that epoch, and {@code b_t} the same of a model of
 * that task alone. Before the first epoch, and where all tasks are as far from {@code b_t}, the first factor is all there
 * is. A metric below 0, or one that is not defined, as a correlation of answers that are all the same, counts as 0; a task
 * without dev rows counts as having reached {@code b_t}.
 *
 * <p>Knobs: {@code scores}, which gives {@code b_t} for every task, {@code strength}, {@code floor}, {@code temperature}.
 *
 * <p>Source: S. Jean, O. Firat, M. Johnson, Adaptive Scheduling for Multi-Task Learning, 2019, arXiv:1909.06434, the
 * explicit schedule by inverse ratios, there with temperature infinity.
 *
 * @param scores {@code b_t} by task
 * @param strength at least 0
 * @param floor above 0: no task counts more than {@code 1 + 1 / floor} times as much as another
 * @param temperature at least 1
 */
public record DynamicSampler(Map<String, Double> scores, double strength, double floor, double temperature)
        implements Sampler, Sampler.Kind {
    public DynamicSampler {
        scores = Map.copyOf(scores);
    }

    @Override
    public Sampler create() {
        return this;
    }

    @Override
    public void check(Map<String, String> types) {
        for (String task : new TreeMap<>(scores).keySet()) {
            if (types.containsKey(task)) continue;
            throw new InputException("sampling dynamic: 'scores' has a task '" + task + "' that is not there"
                    + Choices.instead(task, types.keySet()));
        }
        List<String> without = types.keySet().stream()
                .filter(task -> !scores.containsKey(task))
                .toList();
        if (without.isEmpty()) return;
        throw new InputException("sampling dynamic: 'scores' lacks " + String.join(", ", without)
                + "; give every task the dev score that a model of it alone reaches, such as {" + without.get(0)
                + ": 0.9}");
    }

    @Override
    public double[] probabilities(Moment moment) {
        double[] probabilities = new TemperatureSampler(temperature).probabilities(moment);
        if (moment.scores().isEmpty()) return probabilities;
        Map<String, Double> latest = moment.scores().get(moment.scores().size() - 1);
        double total = 0;
        for (int task = 0; task < probabilities.length; task++) {
            String name = moment.tasks().get(task);
            probabilities[task] /= Math.pow(reached(name, latest.get(name)), strength) + floor;
            total += probabilities[task];
        }
        for (int task = 0; task < probabilities.length; task++) probabilities[task] /= total;
        return probabilities;
    }

    private double reached(String task, Double score) {
        if (score == null) return 1;
        return Double.isNaN(score) ? 0 : Math.max(0, Math.min(1, score / scores.get(task)));
    }
}
