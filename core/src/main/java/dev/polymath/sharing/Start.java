package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.weights.Weights;
import java.util.List;

/**
 * What a part's first weights follow from.
 *
 * @param backbone the architecture
 * @param pretrained the backbone's weights, by their Hugging Face names
 * @param tasks names of the tasks that share in this way
 */
public record Start(Backbone backbone, Weights pretrained, List<String> tasks) {
    public Start {
        tasks = List.copyOf(tasks);
    }
}
