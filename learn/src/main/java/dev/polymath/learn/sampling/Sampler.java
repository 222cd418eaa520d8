package dev.polymath.learn.sampling;

import java.util.List;
import java.util.Map;

/**
 * How often each task's rows are drawn, and which of them. A sampler is stateless: what it gives follows from the moment
 * alone, so that a run can go on from any epoch. A new one is one class and one line in {@link Samplers}.
 */
public interface Sampler {
    /** Parts of an epoch for a sampler that changes within it. */
    int PARTS = 10;

    /**
     * When rows are to be drawn.
     *
     * @param tasks names of the tasks, in the project's order
     * @param rows number of training rows of each task, all positive
     * @param lengths mean tokens of a training row of each task
     * @param progress the share of the run that is done, 0 to less than 1
     * @param epoch epochs done
     * @param epochs in all
     * @param scores after each epoch that is done, each task's primary metric on its dev rows; NaN where it has none
     */
    record Moment(
            List<String> tasks,
            long[] rows,
            double[] lengths,
            double progress,
            int epoch,
            double epochs,
            List<Map<String, Double>> scores) {
        public Moment {
            tasks = List.copyOf(tasks);
            scores = List.copyOf(scores);
        }
    }

    /** What makes a row harder than another of its task. */
    enum Difficulty {
        /** Nothing: all rows are alike. */
        NONE,
        /** Its number of tokens. */
        LENGTH,
        /**
         * Its loss under a small model that was trained on the same rows: the task's head on the states of the
         * pre-trained backbone, which stay as they are.
         */
        LOSS
    }

    /** A sampler's entry in the catalogue with its knobs read. */
    @FunctionalInterface
    interface Kind {
        Sampler create();

        /**
         * Whether it can sample such tasks.
         *
         * @param types kinds of task by the tasks' names
         * @throws dev.polymath.InputException if not
         */
        default void check(Map<String, String> types) {}
    }

    /**
     * The probability that a drawn row belongs to each task.
     *
     * @return one for each task; they sum to 1
     */
    double[] probabilities(Moment moment);

    /**
     * In how many parts an epoch is drawn at most, each asked for anew: more than 1 where it changes within an epoch.
     * Fewer where an epoch has few batches.
     */
    default int parts() {
        return 1;
    }

    default Difficulty difficulty() {
        return Difficulty.NONE;
    }

    /** The share of each task's rows that may be drawn, the easiest first; above 0, up to 1. */
    default double admitted(Moment moment) {
        return 1;
    }
}
