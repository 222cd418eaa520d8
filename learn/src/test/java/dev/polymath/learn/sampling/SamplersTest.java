package dev.polymath.learn.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.project.PartSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplersTest {
    @Test
    void proportionalDrawsEachRowAsOften() {
        assertThat(probabilities("proportional", Map.of(), 100, 300)).containsExactly(0.25, 0.75);
    }

    @Test
    void uniformDrawsEachTaskAsOften() {
        assertThat(probabilities("uniform", Map.of(), 7, 100000)).containsExactly(0.5, 0.5);
    }

    @Test
    void temperatureTakesTheRootOfTheRows() {
        // Square roots of 100 and 400 are 10 and 20; fourth roots of 1 and 81 are 1 and 3.
        double[] square = {1 / 3.0, 2 / 3.0};
        assertThat(probabilities("temperature", Map.of("temperature", 2), 100, 400))
                .containsExactly(square, within(1e-12));
        assertThat(probabilities("temperature", Map.of(), 100, 400)).containsExactly(square, within(1e-12));
        assertThat(probabilities("temperature", Map.of("temperature", 4.0), 1, 81))
                .containsExactly(new double[] {0.25, 0.75}, within(1e-12));
    }

    @Test
    void aTemperatureBelowOneIsRefused() {
        assertThatThrownBy(() -> Samplers.of(new PartSpec("temperature", Map.of("temperature", 0.5))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("temperature is 0.5");
    }

    @Test
    void aKnobOrASamplerThatIsNotThereIsRefusedWithTheNearest() {
        assertThatThrownBy(() -> Samplers.of(new PartSpec("temprature", Map.of())))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("temperature");
        assertThatThrownBy(() -> Samplers.of(new PartSpec("uniform", Map.of("temperature", 2))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("temperature");
    }

    private static double[] probabilities(String type, Map<String, Object> knobs, long... rows) {
        return Samplers.of(new PartSpec(type, knobs)).create().probabilities(Moments.of(rows));
    }
}
