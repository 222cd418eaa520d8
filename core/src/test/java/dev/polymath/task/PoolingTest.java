package dev.polymath.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.model.Hidden;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolingTest {
    private static final Array STATES = Array.of(new float[] {1, 2, 3, 6, 99, 99, 7, 8, 99, 99, 99, 99}, 2, 3, 2);
    private static final Array MASK = Array.of(new long[] {1, 1, 0, 1, 0, 0}, 2, 3);

    private static final Weights QUERY = new Weights(Map.of("heads.t.pooling", Array.of(new float[] {0, 0.5f}, 2)));

    @Test
    void theMaximumLeavesPaddingOut() {
        assertThat(pool(Pooling.MAX, STATES, MASK)).isEqualTo(Array.of(new float[] {3, 6, 7, 8}, 2, 2));
    }

    @Test
    void laterTokensCountMore() {
        float third = 1 / 3f;
        assertThat(pool(Pooling.WEIGHTED, STATES, MASK).floats())
                .containsExactly(new float[] {third + 2, 2 * third + 4, 7, 8}, within(1e-5f));
    }

    @Test
    void tokensThatTheTaskLooksForCountMore() {
        // The scores are 1 and 3.
        float second = (float) (Math.exp(2) / (1 + Math.exp(2)));
        assertThat(pool(Pooling.ATTENTION, STATES, MASK).floats())
                .containsExactly(new float[] {1 + 2 * second, 2 + 4 * second, 7, 8}, within(1e-4f));
    }

    @Test
    void theMeanLeavesPaddingOut() {
        assertThat(pool(Pooling.MEAN, STATES, MASK)).isEqualTo(Array.of(new float[] {2, 4, 7, 8}, 2, 2));
    }

    @Test
    void clsTakesTheFirstToken() {
        assertThat(pool(Pooling.CLS, STATES, MASK)).isEqualTo(Array.of(new float[] {1, 2, 7, 8}, 2, 2));
    }

    @Test
    void aRowOfPaddingAloneHasAMeanOfZero() {
        assertThat(pool(Pooling.MEAN, Array.of(new float[] {5, 5}, 1, 1, 2), Array.of(new long[1], 1, 1)))
                .isEqualTo(Array.of(new float[2], 1, 2));
    }

    @Test
    void namesAreThoseOfTheProjectFile() {
        assertThat(Pooling.named(null)).isEqualTo(Pooling.MEAN);
        for (Pooling pooling : Pooling.values())
            assertThat(Pooling.named(pooling.key())).isEqualTo(pooling);
        assertThatThrownBy(() -> Pooling.named("maen"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("did you mean 'mean'?");
    }

    private static Array pool(Pooling pooling, Array states, Array mask) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> inputs) {
                return pooling.pool(ops, new Hidden<>(List.of(inputs.get(0)), inputs.get(1)), "t");
            }
        };
        return OnnxEval.eval(program, QUERY, List.of(states, mask));
    }
}
