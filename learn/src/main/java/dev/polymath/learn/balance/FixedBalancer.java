package dev.polymath.learn.balance;

import dev.polymath.InputException;
import dev.polymath.Nearest;
import java.util.List;
import java.util.Map;

/** Weights that stay: a task's factor is its number, 1 where it has none. All factors 1 is the plain mean. */
public final class FixedBalancer implements LossBalancer {
    private final double[] weights;

    /** @param weights numbers by task, 0 or more, finite; 1 for a task that is not there */
    public FixedBalancer(List<String> tasks, Map<String, Double> weights) {
        this.weights = tasks.stream()
                .mapToDouble(task -> weights.getOrDefault(task, 1.0))
                .toArray();
    }

    /** Its entry in the catalogue. */
    record Of(Map<String, Double> weights) implements Kind {
        @Override
        public Balancer create(Setting setting) {
            return new FixedBalancer(setting.tasks(), weights);
        }

        @Override
        public void check(Map<String, String> types) {
            for (String task : weights.keySet()) {
                if (types.containsKey(task)) continue;
                throw new InputException("balance fixed: weights names a task '" + task + "', which there is not; "
                        + Nearest.suggest(task, types.keySet()));
            }
        }
    }

    @Override
    public double[] factors(Step step, List<TaskLoss> losses) {
        return losses.stream().mapToDouble(loss -> weights[loss.task()]).toArray();
    }
}
