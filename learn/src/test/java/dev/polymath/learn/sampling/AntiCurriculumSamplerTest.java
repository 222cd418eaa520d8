package dev.polymath.learn.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.project.PartSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AntiCurriculumSamplerTest {
    @Test
    void theFirstPhaseIsOfTheFirstTasksAloneAndTheSecondOfAll() {
        Sampler sampler = kind(Map.of("first", List.of("0", "2"))).create();
        for (double progress : new double[] {0, 0.15, 0.299}) {
            assertThat(sampler.probabilities(Moments.at(progress, 100, 600, 300)))
                    .containsExactly(new double[] {0.25, 0, 0.75}, within(1e-12));
        }
        for (double progress : new double[] {0.3, 0.6, 0.99}) {
            assertThat(sampler.probabilities(Moments.at(progress, 100, 600, 300)))
                    .containsExactly(new double[] {0.1, 0.6, 0.3}, within(1e-12));
        }
    }

    @Test
    void bothPhasesHaveTheTemperature() {
        Sampler sampler = kind(Map.of("first", List.of("0", "1"), "temperature", 2, "share", 0.5))
                .create();
        // Square roots: 10, 20, 70.
        assertThat(sampler.probabilities(Moments.at(0.49, 100, 400, 4900)))
                .containsExactly(new double[] {1 / 3.0, 2 / 3.0, 0}, within(1e-12));
        assertThat(sampler.probabilities(Moments.at(0.5, 100, 400, 4900)))
                .containsExactly(new double[] {0.1, 0.2, 0.7}, within(1e-12));
    }

    @Test
    void withoutNamesTheTaskWithTheLongestRowsIsTheHardest() {
        Sampler sampler = kind(Map.of()).create();
        assertThat(sampler.probabilities(Moments.ofLengths(20, 31.5, 31))).containsExactly(0, 1, 0);
        assertThat(sampler.probabilities(Moments.ofLengths(31, 20, 31))).containsExactly(1, 0, 0);
    }

    @Test
    void whereNoneOfTheFirstTasksIsLearnedThereIsOnePhase() {
        Sampler sampler = kind(Map.of("first", "elsewhere")).create();
        assertThat(sampler.probabilities(Moments.of(100, 300)))
                .containsExactly(new double[] {0.25, 0.75}, within(1e-12));
    }

    @Test
    void aTaskThatIsNotThereIsRefusedWithTheNearest() {
        Sampler.Kind kind = kind(Map.of("first", List.of("nli", "intnt")));
        assertThatThrownBy(() -> kind.check(Map.of("intent", "classify", "nli", "classify")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'first' names a task 'intnt' that is not there")
                .hasMessageContaining("did you mean 'intent'?");
        kind(Map.of("first", List.of("nli"))).check(Map.of("nli", "classify"));
        kind(Map.of()).check(Map.of("nli", "classify"));
    }

    private static Sampler.Kind kind(Map<String, Object> knobs) {
        return Samplers.of(new PartSpec("anti-curriculum", knobs));
    }
}
