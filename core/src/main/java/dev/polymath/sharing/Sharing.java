package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;
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
    default Weights shared(Start start, SplittableRandom random) {
        return Weights.empty();
    }

    /**
     * A task's own weights, as learning begins. Where there are none, hidden states do not depend on the task.
     *
     * @throws dev.polymath.InputException if the backbone has no place for this part
     */
    default Weights own(Start start, String task, SplittableRandom random) {
        return Weights.empty();
    }

    /**
     * What must be known of the texts for the first weights: who makes these finds it out and puts it into {@link
     * Start#components}. Null where they follow from the backbone alone.
     *
     * @throws dev.polymath.InputException if the backbone has no place for this part
     */
    default Orientation orientation(Backbone backbone) {
        return null;
    }

    /**
     * Checks what can be known before learning.
     *
     * @param tasks names of the tasks that share in this way
     * @throws dev.polymath.InputException if the part names a task that is not among them, or has no place in the backbone
     */
    default void check(Backbone backbone, List<String> tasks) {}

    /**
     * In which part of a run a weight is learned; before and after, it is left alone: no gradient, no momentum, no decay.
     *
     * @param weight of {@link #shared} or {@link #own}, by its name there
     */
    default Stage learned(String weight) {
        return Stage.ALWAYS;
    }

    /**
     * Whether a task's answers follow from a weight. One that is there for learning alone, such as what a task is taught by,
     * is not written into a model.
     *
     * @param weight of {@link #own}, by its name there
     */
    default boolean serves(String weight) {
        return true;
    }

    /** How many tokens this part puts before each text, by which the longest text shrinks. */
    default int promptTokens() {
        return 0;
    }

    /**
     * How many of the lowest layers this part leaves as the backbone has them, the embeddings with them: a text passes these
     * once, whatever is asked of it.
     */
    default int plainLayers() {
        return 0;
    }

    /** Whether the backbone stays as it is while this part learns, unless the project says otherwise. */
    default boolean freezesBackbone() {
        return false;
    }

    /**
     * Whether a later task may come to the others, or one of them go, without changing what the rest compute. False where
     * tasks read each other's own weights.
     */
    default boolean joins() {
        return true;
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
