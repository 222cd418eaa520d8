package dev.polymath.task;

import dev.polymath.model.Hidden;
import dev.polymath.model.Reading;
import dev.polymath.ops.Ops;

/** A task as it is learned, which may take more of a pass than its answers do. */
public interface Learner {
    /** What it reads of a pass. */
    Reading reading();

    /**
     * What the loss is taken of, a row for each sequence: {@code [rows, ...]}.
     *
     * @param hidden what {@link #reading} names
     */
    <T> T output(Ops<T> ops, Hidden<T> hidden);

    /** Mean loss, a scalar, as {@link Task#loss} has it. */
    <T> T loss(Ops<T> ops, T output, T values, T weights);

    /** A task that is learned by what its head gives. */
    record Plain(Task task, Reading reading) implements Learner {
        @Override
        public <T> T output(Ops<T> ops, Hidden<T> hidden) {
            return task.head(ops, hidden);
        }

        @Override
        public <T> T loss(Ops<T> ops, T output, T values, T weights) {
            return task.loss(ops, output, values, weights);
        }
    }
}
