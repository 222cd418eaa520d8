package dev.polymath.learn.habit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.learn.torch.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class GradientNoiseTest {
    private static final int SIZE = 40_000;

    private final GradientNoise plain = new GradientNoise(0.3, 0.55, false);
    private final GradientNoise relative = new GradientNoise(0.3, 0.55, true);

    @Test
    void itHasMeanZeroAndTheVarianceOfItsStep() {
        // 0.3 at the first step; 0.3 / 100^0.55 = 0.3 / 12.589 = 0.02383 at the hundredth.
        assertMoments(added(plain, 0, 1, 0.5), 0.3);
        assertMoments(added(plain, 99, 1, 0.5), 0.02383);
    }

    @Test
    void relativeNoiseIsInUnitsOfTheGradient() {
        // A gradient of 0.02 everywhere: 0.3 * 0.0004 at the first step.
        assertMoments(added(relative, 0, 1, 0.02), 1.2e-4);
        assertMoments(added(relative, 99, 1, 0.02), 0.02383 * 4e-4);
    }

    @Test
    void relativeNoiseLeavesWeightsAloneThatHaveNoGradient() {
        try (PointerScope scope = new PointerScope()) {
            Tensor gradient = torch.zeros(new long[] {SIZE}, Tensors.FLOAT);
            gradient.narrow(0, 0, SIZE / 2).fill_(new Scalar(0.02));
            relative.gradients(0, 1, List.of(gradient));
            float[] after = Tensors.array(gradient).floats();
            assertThat(Arrays.copyOfRange(after, SIZE / 2, SIZE)).containsOnly(0);
            float[] noise = new float[SIZE / 2];
            for (int i = 0; i < noise.length; i++) noise[i] = after[i] - 0.02f;
            assertMoments(noise, 1.2e-4);
        }
    }

    @Test
    void theSameSeedIsTheSameNoiseAndAnotherOneAnother() {
        assertThat(added(plain, 3, 7, 0.5)).isEqualTo(added(plain, 3, 7, 0.5));
        assertThat(added(plain, 3, 8, 0.5)).isNotEqualTo(added(plain, 3, 7, 0.5));
    }

    @Test
    void twoGradientsGetNoiseOfTheirOwn() {
        try (PointerScope scope = new PointerScope()) {
            Tensor one = torch.zeros(new long[] {10}, Tensors.FLOAT);
            Tensor two = torch.zeros(new long[] {10}, Tensors.FLOAT);
            plain.gradients(0, 1, List.of(one, two));
            assertThat(Tensors.array(one).floats())
                    .isNotEqualTo(Tensors.array(two).floats());
        }
    }

    private static float[] added(GradientNoise noise, long step, long seed, double gradient) {
        try (PointerScope scope = new PointerScope()) {
            Tensor tensor = torch.full(new long[] {SIZE}, new Scalar(gradient), Tensors.FLOAT);
            noise.gradients(step, seed, List.of(tensor));
            return Tensors.array(tensor.sub(new Scalar(gradient))).floats();
        }
    }

    /** Within five standard errors: of the mean {@code sqrt(v / n)}, of the variance {@code v sqrt(2 / n)}. */
    private static void assertMoments(float[] noise, double variance) {
        double sum = 0;
        double squares = 0;
        for (float each : noise) {
            sum += each;
            squares += (double) each * each;
        }
        double size = noise.length;
        assertThat(sum / size).isCloseTo(0, within(5 * Math.sqrt(variance / size)));
        assertThat(squares / size).isCloseTo(variance, within(5 * variance * Math.sqrt(2 / size) + 1e-4 * variance));
    }
}
