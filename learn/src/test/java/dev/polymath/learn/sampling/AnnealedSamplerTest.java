package dev.polymath.learn.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.project.PartSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Of 1024 rows and of 1: {@code 2^(10 a)} to 1. */
class AnnealedSamplerTest {
    @Test
    void itBeginsProportionalAndEndsWithTheFifthRoot() {
        // a = 1, 1 - 0.8 / 2 = 0.6, and 1 - 0.8 = 0.2: 1024, 64 and 4.
        assertThat(first(0.2, 0)).isCloseTo(1024 / 1025.0, within(1e-12));
        assertThat(first(0.2, 0.5)).isCloseTo(64 / 65.0, within(1e-12));
        assertThat(first(0.2, 1)).isCloseTo(4 / 5.0, within(1e-12));
    }

    @Test
    void theExponentsOfThePaperAreThoseOfItsEpochs() {
        // E = 5: 1 - 0.8 (e - 1) / 4 is 1, 0.8, 0.6, 0.4, 0.2.
        for (int e = 1; e <= 5; e++) {
            double power = Math.pow(1024, 1.2 - 0.2 * e);
            assertThat(first(0.2, (e - 1) / 4.0)).isCloseTo(power / (power + 1), within(1e-12));
        }
    }

    @Test
    void itMayEndUniform() {
        assertThat(first(0, 1)).isEqualTo(0.5);
        // 1024^0.1 = 2.
        assertThat(first(0, 0.9)).isCloseTo(2 / 3.0, within(1e-12));
    }

    @Test
    void theCatalogueEndsItAtAFifth() {
        Sampler sampler = Samplers.of(new PartSpec("annealed", Map.of())).create();
        assertThat(sampler).isEqualTo(new AnnealedSampler(0.2));
        assertThat(sampler.parts()).isEqualTo(10);
    }

    private static double first(double end, double progress) {
        double[] probabilities = new AnnealedSampler(end).probabilities(Moments.at(progress, 1024, 1));
        assertThat(probabilities[0] + probabilities[1]).isCloseTo(1, within(1e-12));
        return probabilities[0];
    }
}
