package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.weights.Weights;
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
     * As {@link #shared(Backbone, SplittableRandom)}, for a part that begins from the backbone's weights.
     *
     * @param pretrained those, by their Hugging Face names
     */
    default Weights shared(Backbone backbone, Weights pretrained, SplittableRandom random) {
        return shared(backbone, random);
    }

    /**
     * As {@link #own(Backbone, String, SplittableRandom)}, for a part that begins from the backbone's weights.
     *
     * @param pretrained those, by their Hugging Face names
     * @throws dev.polymath.InputException if the backbone has no place for this part
     */
    default Weights own(Backbone backbone, Weights pretrained, String task, SplittableRandom random) {
        return own(backbone, task, random);
    }

    /** How many tokens this part puts before each text, by which the longest text shrinks. */
    default int promptTokens() {
        return 0;
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
