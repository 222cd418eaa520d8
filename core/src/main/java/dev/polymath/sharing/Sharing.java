package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Weights;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A way for tasks to share a backbone: what it plugs into the sites, and the weights that this needs. Stateless.
 *
 * <p>Its weights are of two kinds. Those that its tasks share, such as experts, are there once. Each task's own, such as
 * its low-rank factors, have the same names and shapes for every task; a row of a batch uses those of its task, so a new
 * task can be put beside the others without touching them.
 */
public interface Sharing {
    /** The weights that all tasks of this part share, as learning begins, by names that mean something to it alone. */
    default Weights shared(Backbone backbone, SplittableRandom random) {
        return Weights.empty();
    }

    /**
     * A task's own weights, as learning begins. Where there are none, hidden states do not depend on the task.
     *
     * @throws dev.polymath.InputException if the backbone has no place for this part
     */
    default Weights own(Backbone backbone, String task, SplittableRandom random) {
        return Weights.empty();
    }

    /**
     * Checks that a task may be one of this part's.
     *
     * @throws dev.polymath.InputException if not
     */
    default void check(String task) {}

    /** The names of those of {@link #own} that are not learned. */
    default Set<String> fixed() {
        return Set.of();
    }

    /** Whether the backbone stays as it is while this part learns, unless the project says otherwise. */
    default boolean freezesBackbone() {
        return false;
    }

    /**
     * What plugs into the backbone's sites.
     *
     * @param weights this part's, for a batch whose rows know their tasks
     */
    <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights);

    /**
     * This part as one task alone needs it, which is less where parts of what tasks share are only others'.
     *
     * @param all this part with its weights, by the names of {@link #shared} and {@link #own}, the task's own among them
     */
    default Alone alone(Backbone backbone, String task, Alone all) {
        return all;
    }

    /**
     * A part with the weights of one task.
     *
     * @param spec the part as a project names it
     * @param shared by the names of {@link Sharing#shared}
     * @param own the task's, by the names of {@link Sharing#own}
     */
    record Alone(PartSpec spec, Weights shared, Weights own) {}

    // ---- files

    /** A task's own weights under the names and in the shapes that peft keeps them in, where it knows this part. */
    default Weights stored(Backbone backbone, Weights own) {
        return own;
    }

    /** What {@link #stored} gave as {@link #own} has it. */
    default Weights restored(Backbone backbone, Weights stored) {
        return stored;
    }

    /** What peft's {@code adapter_config.json} says of this part; empty where peft does not know it. */
    default Map<String, Object> peftConfig(Backbone backbone) {
        return Map.of();
    }
}
