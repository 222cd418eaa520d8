package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromptTransferTest {
    /** Mean (2, 0); (1, 1) in one token; mean (0, -1); mean zero. */
    private final Array east = Array.of(new float[] {1, 3, 3, -3}, 2, 2);

    private final Array northEast = Array.of(new float[] {1, 1}, 1, 2);
    private final Array south = Array.of(new float[] {2, -1, -2, -1}, 2, 2);
    private final Array nowhere = Array.of(new float[] {2, -1, -2, 1}, 2, 2);

    @Test
    void promptsAreAlikeByTheCosineOfTheirMeanTokens() {
        double[][] similarities = PromptTransfer.similarities(List.of(east, northEast, south, nowhere));
        double half = Math.sqrt(0.5);
        assertThat(similarities[0]).containsExactly(new double[] {1, half, 0, 0}, within(1e-12));
        assertThat(similarities[1]).containsExactly(new double[] {half, 1, -half, 0}, within(1e-12));
        assertThat(similarities[2]).containsExactly(new double[] {0, -half, 1, 0}, within(1e-12));
        assertThat(similarities[3]).containsExactly(0, 0, 0, 0);
    }

    @Test
    void aNewTaskBeginsFromThePromptThatIsMostLikeItsOwn() {
        Map<String, Weights> sources = new LinkedHashMap<>();
        sources.put("south", prompt(south));
        sources.put("east", prompt(east));
        Weights own = prompt(Array.of(new float[] {0.5f, 0.4f, 0.5f, -0.6f}, 2, 2));
        assertThat(PromptTransfer.begun(own, sources)).isEqualTo(prompt(east));
        sources.put("itself", own);
        assertThat(PromptTransfer.begun(own, sources)).isEqualTo(own);
    }

    @Test
    void thereMustBeAPromptOfTheSameWidth() {
        assertThatThrownBy(() -> PromptTransfer.nearest(east, Map.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PromptTransfer.similarity(east, Array.zeros(2, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 and 3");
    }

    private static Weights prompt(Array prompt) {
        return new Weights(Map.of(TaskPrompt.WEIGHT, prompt));
    }
}
