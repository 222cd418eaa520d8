package dev.polymath.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.ops.OnnxOps.Edge;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** The operations that select, against numbers worked out by hand. */
class OnnxSelectionTest {
    private static final Array MATRIX = Array.of(new float[] {1, -2, 3, 0.5f, 0, -1}, 2, 3);

    @Test
    void topMarksTheLargestAndOfEqualOnesTheFirst() {
        assertThat(calculate((ops, x) -> ops.top(x.get(0), 2), MATRIX))
                .isEqualTo(Array.of(new float[] {1, 0, 1, 1, 1, 0}, 2, 3));
        assertThat(calculate((ops, x) -> ops.top(x.get(0), 2), Array.of(new float[] {3, 5, 3, 3})))
                .isEqualTo(Array.of(new float[] {1, 1, 0, 0}));
    }

    @Test
    void partsAreSelectedByAMaskAndAddedBack() {
        Array x = Array.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2);
        Array mask = Array.of(new float[] {0, 0.5f, -1, 0}, 2, 2);
        assertThat(calculate((ops, in) -> ops.select(in.get(0), in.get(1)), x, mask))
                .isEqualTo(Array.of(new float[] {3, 4, 5, 6}, 2, 2));
        Array parts = Array.of(new float[] {10, 20, 30, 40}, 2, 2);
        assertThat(calculate((ops, in) -> ops.addSelected(in.get(0), in.get(1), in.get(2)), x, mask, parts))
                .isEqualTo(Array.of(new float[] {1, 2, 13, 24, 35, 46, 7, 8}, 2, 2, 2));
    }

    @Test
    void aMaskOfZerosSelectsNothing() {
        Array nothing = Array.of(new long[2]);
        assertThat(calculate((ops, in) -> ops.select(in.get(0), in.get(1)), MATRIX, nothing)
                        .shape())
                .containsExactly(0, 3);
        assertThat(calculate(
                        (ops, in) -> ops.addSelected(in.get(0), in.get(1), ops.select(in.get(0), in.get(1))),
                        MATRIX,
                        nothing))
                .isEqualTo(MATRIX);
    }

    private static Array calculate(BiFunction<OnnxOps, List<Edge>, Edge> program, Array... inputs) {
        try (OnnxEval graph = OnnxEval.trace(program, Weights.empty(), List.of(inputs))) {
            return graph.run(List.of(inputs));
        }
    }
}
