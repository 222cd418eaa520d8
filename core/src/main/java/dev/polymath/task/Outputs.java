package dev.polymath.task;

import dev.polymath.text.Encoding;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What a task's head gave for rows and for what they are judged against.
 *
 * @param rows a row's raw outputs, one for each of its {@link Task#sequences}
 * @param encodings the first sequence of each row
 * @param candidates one for each of {@link Task#candidates}
 */
public record Outputs(List<List<float[]>> rows, List<Encoding> encodings, List<float[]> candidates) {
    /** The same with each raw output changed in one way. */
    public Outputs with(UnaryOperator<float[]> change) {
        return new Outputs(
                rows.stream().map(row -> row.stream().map(change).toList()).toList(),
                encodings,
                candidates.stream().map(change).toList());
    }
}
