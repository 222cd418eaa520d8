package dev.polymath.task;

import dev.polymath.text.Encoding;
import java.util.List;

/**
 * What a task's head gave for rows and for what they are judged against.
 *
 * @param rows a row's raw outputs, one for each of its {@link Task#sequences}
 * @param encodings the first sequence of each row
 * @param candidates one for each of {@link Task#candidates}
 */
public record Outputs(List<List<float[]>> rows, List<Encoding> encodings, List<float[]> candidates) {}
