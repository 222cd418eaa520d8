package dev.polymath.learn.balance;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * How much each task's loss counts in a step. A balancer gives a factor for each task of a batch; with all factors 1 the
 * step descends the plain mean over the batch's rows, {@code sum_t share_t loss_t}: how often a task's rows come is the
 * sampler's business, how much they count is the balancer's.
 *
 * <p>One is made for each run, since most of them learn as the run goes on. A new one is one class and one line in
 * {@link Balancers}.
 */
public sealed interface Balancer permits LossBalancer, GradientBalancer, SharpnessAware {
    /**
     * A task's loss in a batch.
     *
     * @param task the task's position in the project
     * @param share the share of the batch's rows that are its own; shares sum to 1
     * @param loss the mean loss over its rows
     */
    record TaskLoss(int task, double share, double loss) {}

    /**
     * Where in a run a step is.
     *
     * @param number steps before it
     * @param progress the share of the run that lies before it, 0 to 1
     * @param seed another one each step; follows from the run's seed
     */
    record Step(long number, double progress, long seed) {
        /** The chance of this step, the same each time it is asked for. */
        public SplittableRandom random() {
            return new SplittableRandom(seed);
        }
    }

    /**
     * What a balancer may know before the first step.
     *
     * @param tasks names of the tasks, in the project's order
     * @param probe what the pre-trained backbone makes of some of a task's training rows, by the task's position;
     *     computed when asked for
     */
    record Setting(List<String> tasks, IntFunction<Probe> probe) {
        public Setting {
            tasks = List.copyOf(tasks);
        }
    }

    /**
     * Training rows of a task as the pre-trained backbone sees them.
     *
     * @param features {@code [rows, width]}: means of the last hidden states over the tokens
     * @param targets {@code [rows, outputs]}: one-hot classes, labels as 0 and 1, shares of tags, or standardised numbers
     */
    record Probe(double[][] features, double[][] targets) {}

    /** A balancer's entry in the catalogue with its knobs read: makes one a run. */
    @FunctionalInterface
    interface Kind {
        Balancer create(Setting setting);

        /**
         * Whether it can balance such tasks.
         *
         * @param types kinds of task by the tasks' names
         * @throws dev.polymath.InputException if not
         */
        default void check(Map<String, String> types) {}
    }

    /** All that it has learned, for a checkpoint; always of the same length. */
    default double[] state() {
        return new double[0];
    }

    /** Puts back what {@link #state} gave. */
    default void restore(double[] state) {}
}
