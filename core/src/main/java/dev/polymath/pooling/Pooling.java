package dev.polymath.pooling;

import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.model.Reading;
import dev.polymath.ops.Ops;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Weights;

/** How the states of a row's tokens become one vector for the row. Stateless; a part of {@link Poolings}. */
public interface Pooling {
    /** It as the project file names it, without the knobs that stand at their defaults. */
    PartSpec part();

    /**
     * What it reads of a pass.
     *
     * @param layers how many layers of the backbone are passed
     */
    default Reading reading(int layers) {
        return Reading.of(layers);
    }

    /**
     * How many numbers its vectors have.
     *
     * @param width of a hidden state
     */
    default int width(int width) {
        return width;
    }

    /** The weights of a task's head that it has, as learning begins, {@code heads.NAME.*}. */
    default Weights initial(String task, int width) {
        return Weights.empty();
    }

    /** Whether a weight of a task's head is learned by descent; else it is fitted before, or stays as it is. */
    default boolean learns(String task, String weight) {
        return true;
    }

    /** @throws dev.polymath.InputException if it reads what the backbone has not; names the value and the range */
    default void check(Backbone backbone) {}

    /**
     * A vector a row, {@code [rows, width]}.
     *
     * @param hidden what {@link #reading} names
     * @param task whose weights are read, where there are some
     */
    <T> T pool(Ops<T> ops, Hidden<T> hidden, String task);
}
