package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;

/**
 * What a part's first weights follow from.
 *
 * @param backbone the architecture
 * @param pretrained the backbone's weights, by their Hugging Face names
 * @param tasks names of the tasks that share in this way
 * @param components by task and then by site what {@link Sharing#orientation} asks for: components of the projections'
 *     weights; empty where it asks for nothing
 */
public record Start(
        Backbone backbone, Weights pretrained, List<String> tasks, Map<String, Map<String, Factors>> components) {
    public Start {
        tasks = List.copyOf(tasks);
        components = Map.copyOf(components);
    }

    /** For a part that asks for no components. */
    public Start(Backbone backbone, Weights pretrained, List<String> tasks) {
        this(backbone, pretrained, tasks, Map.of());
    }
}
