package dev.polymath.sharing;

import dev.polymath.project.PartSpec;
import dev.polymath.weights.Weights;
import java.util.List;

/**
 * What was trained for one task, by another program or in another model.
 *
 * @param spec the part here that computes the same
 * @param own the task's weights, by the names of {@link Sharing#own}
 * @param leftOut names of arrays that belong to a head in another program's file, which is not taken over
 */
public record TrainedPart(PartSpec spec, Weights own, List<String> leftOut) {
    public TrainedPart {
        leftOut = List.copyOf(leftOut);
    }
}
