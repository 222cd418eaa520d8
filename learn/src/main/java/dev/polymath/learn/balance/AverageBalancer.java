package dev.polymath.learn.balance;

import java.util.Arrays;
import java.util.List;

/**
 * Dynamic weight average: a task whose loss falls more slowly than the others' counts more. With {@code r_t} the task's
 * mean loss over the last period by that over the period before, the factors are {@code K softmax(r / temperature)} over
 * all K tasks; {@code r_t} is 1 until there are two periods. Equal {@code r_t} are the plain mean, as published. Tasks
 * that a period lacks keep what they had.
 *
 * <p>Knobs: {@code temperature}, 2, above which factors are flatter; {@code period}, 100 steps: the paper's is an epoch,
 * but a pre-trained backbone is fine-tuned for few of those.
 *
 * <p>Liu, Johns and Davison 2019, End-to-End Multi-Task Learning with Attention, arXiv:1803.10704.
 */
public final class AverageBalancer implements LossBalancer {
    private static final int STEPS = 0;
    private static final int SUM = 1;
    private static final int COUNT = 2;
    private static final int LAST = 3;
    private static final int BEFORE = 4;

    private final double temperature;
    private final int period;
    /** {@code [5, tasks]}: steps of this period (in the first column), sums and counts of its losses, two averages. */
    private final double[][] seen;

    public AverageBalancer(int tasks, double temperature, int period) {
        this.temperature = temperature;
        this.period = period;
        this.seen = new double[5][tasks];
    }

    @Override
    public double[] factors(Step step, List<TaskLoss> losses) {
        if (seen[STEPS][0] == period) turn();
        double[] logits = new double[seen[LAST].length];
        for (int task = 0; task < logits.length; task++) {
            double ratio = seen[LAST][task] / seen[BEFORE][task];
            logits[task] = (Double.isFinite(ratio) && ratio > 0 ? ratio : 1) / temperature;
        }
        double[] all = Softmax.withMeanOne(logits);
        seen[STEPS][0]++;
        for (TaskLoss loss : losses) {
            if (!Double.isFinite(loss.loss())) continue;
            seen[SUM][loss.task()] += loss.loss();
            seen[COUNT][loss.task()]++;
        }
        return losses.stream().mapToDouble(loss -> all[loss.task()]).toArray();
    }

    private void turn() {
        seen[STEPS][0] = 0;
        for (int task = 0; task < seen[SUM].length; task++) {
            if (seen[COUNT][task] == 0) continue;
            seen[BEFORE][task] = seen[LAST][task];
            seen[LAST][task] = seen[SUM][task] / seen[COUNT][task];
            seen[SUM][task] = 0;
            seen[COUNT][task] = 0;
        }
    }

    @Override
    public double[] state() {
        return Arrays.stream(seen).flatMapToDouble(Arrays::stream).toArray();
    }

    @Override
    public void restore(double[] state) {
        int tasks = seen[STEPS].length;
        for (int i = 0; i < seen.length; i++) System.arraycopy(state, i * tasks, seen[i], 0, tasks);
    }
}
