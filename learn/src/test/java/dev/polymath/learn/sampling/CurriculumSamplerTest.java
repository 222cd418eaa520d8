package dev.polymath.learn.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.project.PartSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CurriculumSamplerTest {
    @Test
    void theShareOfRowsGrowsByTheRootOfTheRun() {
        Sampler sampler = sampler(Map.of("start", 0.2, "until", 0.8));
        assertThat(admitted(sampler, 0)).isCloseTo(0.2, within(1e-12));
        // Halfway: sqrt(0.96 / 2 + 0.04) = sqrt(0.52).
        assertThat(admitted(sampler, 0.4)).isCloseTo(0.7211102550927979, within(1e-12));
        // sqrt(0.96 / 8 + 0.04) = 0.4: twice the beginning.
        assertThat(admitted(sampler, 0.1)).isCloseTo(0.4, within(1e-12));
        assertThat(admitted(sampler, 0.8)).isCloseTo(1, within(1e-12));
        assertThat(admitted(sampler, 0.95)).isEqualTo(1);
    }

    @Test
    void tasksKeepTheirProbabilities() {
        assertThat(sampler(Map.of()).probabilities(Moments.of(100, 300)))
                .containsExactly(new double[] {0.25, 0.75}, within(1e-12));
        assertThat(sampler(Map.of("temperature", 2)).probabilities(Moments.of(100, 400)))
                .containsExactly(new double[] {1 / 3.0, 2 / 3.0}, within(1e-12));
    }

    @Test
    void itRanksByLengthUnlessToldToByLoss() {
        assertThat(sampler(Map.of())).isEqualTo(new CurriculumSampler(Sampler.Difficulty.LENGTH, 0.1, 0.5, 1));
        assertThat(sampler(Map.of("difficulty", "loss")).difficulty()).isEqualTo(Sampler.Difficulty.LOSS);
        assertThatThrownBy(() -> sampler(Map.of("difficulty", "lenght")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("did you mean 'length'?");
    }

    private static double admitted(Sampler sampler, double progress) {
        return sampler.admitted(Moments.at(progress, 100));
    }

    private static Sampler sampler(Map<String, Object> knobs) {
        return Samplers.of(new PartSpec("curriculum", knobs)).create();
    }
}
