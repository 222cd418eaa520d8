package dev.polymath.learn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.model.Fixture;
import dev.polymath.model.Inputs;
import dev.polymath.model.Pretrained;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.text.TokenBatch;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Array;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TorchOpsTest {
    static List<Fixture> fixtures() {
        return Fixture.all();
    }

    /** bf16 keeps 8 bits: states, which a layer norm has brought to a deviation of about 1, are off by some 2^-8 each. */
    @ParameterizedTest
    @MethodSource("fixtures")
    void statesInBf16AreCloseToThoseInFp32(Fixture fixture) {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> x) {
                Inputs<T> inputs = new Inputs<>(x.get(0), x.get(1), x.get(2));
                return pretrained.backbone().hidden(ops, inputs, Sites.none()).last();
            }
        };
        TokenBatch batch;
        try (Tokenizer tokenizer = new Tokenizer(pretrained.tokenizer())) {
            batch = TokenBatch.of(
                    tokenizer.encodeAll(List.of("Where is my refund?", "The train to Paris is slow today."), 30),
                    tokenizer.padId());
        }
        List<Array> inputs = List.of(batch.ids(), batch.mask(), batch.types());
        float[] exact = TorchEval.eval(program, pretrained.weights(), inputs, ScalarType.Float)
                .floats();
        float[] half = TorchEval.eval(program, pretrained.weights(), inputs, ScalarType.BFloat16)
                .floats();
        long[] mask = batch.mask().longs();
        int width = exact.length / mask.length;
        double errors = 0;
        double squares = 0;
        for (int i = 0; i < exact.length; i++) {
            if (mask[i / width] == 0) continue;
            errors += Math.pow(half[i] - exact[i], 2);
            squares += Math.pow(exact[i], 2);
        }
        double relative = Math.sqrt(errors / squares);
        System.out.printf("%s: bf16 is off by %.4f of the states' size%n", fixture, relative);
        assertThat(relative).isBetween(1e-5, 0.03);
    }

    @Test
    void dropoutDropsItsShareAndKeepsTheMeanWhenLearningAlone() {
        try (PointerScope scope = new PointerScope()) {
            float[] ones = new float[20000];
            Arrays.fill(ones, 1);
            Tensor x = Tensors.of(Array.of(ones));
            torch.manual_seed(5);
            float[] dropped = Tensors.array(new TorchOps(Map.of(), ScalarType.Float, true).dropout(x, 0.2))
                    .floats();
            long zeros = 0;
            for (float value : dropped) {
                if (value == 0) zeros++;
                else assertThat(value).isEqualTo(1.25f);
            }
            // Five deviations of a binomial count of 20,000 at 0.2 are 283.
            assertThat((double) zeros).isCloseTo(4000, within(283.0));
            assertThat(Tensors.array(new TorchOps(Map.of(), ScalarType.Float, false).dropout(x, 0.2))
                            .floats())
                    .containsExactly(ones);
            assertThat(Tensors.array(new TorchOps(Map.of(), ScalarType.Float, true).dropout(x, 0))
                            .floats())
                    .containsExactly(ones);
        }
    }

    @Test
    void aWeightThatIsNotThereIsAnError() {
        assertThatThrownBy(() -> new TorchOps(Map.of(), ScalarType.Float, false).weight("missing"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void productsAreInTheTypeAskedFor() {
        try (PointerScope scope = new PointerScope()) {
            Tensor x = Tensors.of(Array.zeros(2, 3));
            for (ScalarType type : List.of(ScalarType.Float, ScalarType.BFloat16)) {
                TorchOps ops = new TorchOps(Map.of(), type, false);
                assertThat(ops.linear(x, x, null).scalar_type().intern()).isEqualTo(type);
                assertThat(ops.toFloat(ops.linear(x, x, null)).scalar_type().intern())
                        .isEqualTo(ScalarType.Float);
            }
        }
    }

    @Test
    void tensorsKeepShapeAndTypeOfArrays() {
        try (PointerScope scope = new PointerScope()) {
            for (Array array : List.of(
                    Array.scalar(2.5f),
                    Array.of(new long[] {7}).reshaped(),
                    Array.of(new long[] {1, Long.MIN_VALUE}, 2, 1),
                    Array.of(new float[] {1, 2, 3, Float.MIN_VALUE}, 2, 2),
                    Array.zeros(0, 3))) {
                assertThat(Tensors.array(Tensors.of(array))).isEqualTo(array);
            }
        }
    }
}
