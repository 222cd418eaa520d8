package dev.polymath.learn.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.project.PartSpec;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DynamicSamplerTest {
    private static final Map<String, Double> SINGLE = Map.of("0", 0.8, "1", 0.5);

    @Test
    void itIsTheInverseRatioOfThePaper() {
        // The test of the authors' own program, Lingvo: of 0.3 and 0.5 there are 0.05 and 0.25, a sixth and a half.
        double a = 1 / (1 / 6.0 + 0.05);
        double b = 1 / (1 / 2.0 + 0.05);
        double[] probabilities = new DynamicSampler(Map.of("0", 0.3, "1", 0.5), 1, 0.05, 1)
                .probabilities(Moments.scored(Map.of("0", 0.05, "1", 0.25), 100, 100));
        assertThat(probabilities).containsExactly(new double[] {a / (a + b), b / (a + b)}, within(1e-12));
        assertThat(probabilities[0]).isCloseTo(0.717, within(0.001));
    }

    @Test
    void theTaskWithTheLargestGapGetsMoreAndTheMoreTheStronger() {
        // 0.72 of 0.8 and 0.25 of 0.5: nine tenths and a half.
        Sampler.Moment moment = Moments.scored(Map.of("0", 0.72, "1", 0.25), 300, 100);
        // 0.75 / 0.95 to 0.25 / 0.55.
        assertThat(sampler(Map.of()).probabilities(moment)[1])
                .isCloseTo((0.25 / 0.55) / (0.75 / 0.95 + 0.25 / 0.55), within(1e-12));
        // 0.81 and 0.25 with the power of 2.
        assertThat(sampler(Map.of("strength", 2)).probabilities(moment)[1])
                .isCloseTo((0.25 / 0.3) / (0.75 / 0.86 + 0.25 / 0.3), within(1e-12));
        assertThat(sampler(Map.of("strength", 0)).probabilities(moment))
                .containsExactly(new double[] {0.75, 0.25}, within(1e-12));
    }

    @Test
    void equalGapsGiveTheTemperaturesProbabilities() {
        Sampler.Moment half = Moments.scored(Map.of("0", 0.4, "1", 0.25), 400, 100);
        assertThat(sampler(Map.of()).probabilities(half)).containsExactly(new double[] {0.8, 0.2}, within(1e-12));
        assertThat(sampler(Map.of("temperature", 2)).probabilities(half))
                .containsExactly(new double[] {2 / 3.0, 1 / 3.0}, within(1e-12));
        Sampler.Moment both = Moments.scored(Map.of("0", 0.8, "1", 0.9), 400, 100);
        assertThat(sampler(Map.of()).probabilities(both))
                .as("who is better than alone has no gap")
                .containsExactly(new double[] {0.8, 0.2}, within(1e-12));
        assertThat(sampler(Map.of()).probabilities(Moments.of(400, 100)))
                .as("before the first epoch")
                .containsExactly(new double[] {0.8, 0.2}, within(1e-12));
    }

    @Test
    void whatHasNoScoreIsFarAndWhatIsNotMeasuredIsThere() {
        // 1 / 0.05 to 1 / 1.05: 21 to 1.
        double[] far = {21 / 22.0, 1 / 22.0};
        assertThat(sampler(Map.of()).probabilities(Moments.scored(Map.of("0", Double.NaN, "1", 0.5), 100, 100)))
                .containsExactly(far, within(1e-12));
        assertThat(sampler(Map.of()).probabilities(Moments.scored(Map.of("0", -0.2), 100, 100)))
                .containsExactly(far, within(1e-12));
    }

    @Test
    void everyTaskMustHaveAScoreAndNoOtherMay() {
        Sampler.Kind kind = Samplers.of(new PartSpec("dynamic", Map.of("scores", Map.of("intent", 0.9))));
        kind.check(Map.of("intent", "classify"));
        assertThatThrownBy(() -> kind.check(Map.of("intent", "classify", "stars", "ordinal")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'scores' lacks stars")
                .hasMessageContaining("{stars: 0.9}");
        assertThatThrownBy(() -> kind.check(Map.of("intents", "classify", "stars", "ordinal")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'intent' that is not there; did you mean 'intents'?");
        assertThatThrownBy(() -> Samplers.of(new PartSpec("dynamic", Map.of("scores", Map.of("intent", 90)))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("from 0.001 to 1");
    }

    private static Sampler sampler(Map<String, Object> knobs) {
        Map<String, Object> all = new HashMap<>(knobs);
        all.put("scores", SINGLE);
        return Samplers.of(new PartSpec("dynamic", all)).create();
    }
}
