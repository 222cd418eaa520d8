package dev.polymath.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HalfTest {
    @Test
    void roundsAsTorchDoes() {
        Weights casts = Safetensors.read(Fixture.file("casts.safetensors"));
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            Array expected = casts.get(type.name().toLowerCase(Locale.ROOT));
            Array actual = casts.get("f32").cast(type);
            assertThat(actual.type()).isEqualTo(type);
            assertThat(actual.shape()).isEqualTo(expected.shape());
            float[] inputs = casts.get("f32").floats();
            for (int i = 0; i < inputs.length; i++) {
                short bits = actual.data().getShort(2 * i);
                // Which NaN it is differs between machines.
                if (Float.isNaN(inputs[i])) assertThat(actual.floats()[i]).isNaN();
                else
                    assertThat(bits)
                            .as("%s of %s (%a)", type, inputs[i], inputs[i])
                            .isEqualTo(expected.data().getShort(2 * i));
            }
        }
    }

    @Test
    void everyHalfAndEveryBfloatComesBackFromFloatAsItWas() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float half = Half.toFloat((short) bits);
            float bfloat = Half.fromBfloat((short) bits);
            if (Float.isNaN(half))
                assertThat(Half.toFloat(Half.fromFloat(half))).isNaN();
            else assertThat(Half.fromFloat(half)).isEqualTo((short) bits);
            if (Float.isNaN(bfloat))
                assertThat(Half.fromBfloat(Half.bfloatFromFloat(bfloat))).isNaN();
            else assertThat(Half.bfloatFromFloat(bfloat)).isEqualTo((short) bits);
        }
    }

    @Test
    void noOtherHalfIsNearerThanTheOneChosen() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            float value = Math.scalb(1 + random.nextFloat(), random.nextInt(41) - 25);
            if (value >= 65504) continue;
            short half = Half.fromFloat(value);
            double distance = Math.abs((double) Half.toFloat(half) - value);
            for (int step = -1; step <= 1; step += 2) {
                double other = Math.abs((double) Half.toFloat((short) (half + step)) - value);
                assertThat(distance).as("%a, seed %d", value, seed).isLessThanOrEqualTo(other);
                if (distance == other)
                    assertThat(half & 1).as("tie %a, seed %d", value, seed).isZero();
            }
        }
    }
}
