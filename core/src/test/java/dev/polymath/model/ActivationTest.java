package dev.polymath.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ActivationTest {
    /** At -3, -0.5, 0.7 and 2, from transformers' ACT2FN. */
    private static final Map<String, double[]> REFERENCE = Map.of(
            "gelu", new double[] {-0.0040497, -0.1542688, 0.5306254, 1.9544997},
            "gelu_python", new double[] {-0.0040497, -0.1542688, 0.5306254, 1.9544997},
            "gelu_new", new double[] {-0.0036374, -0.1542860, 0.5305701, 1.9545977},
            "gelu_pytorch_tanh", new double[] {-0.0036374, -0.1542860, 0.5305701, 1.9545977},
            "relu", new double[] {0.0000000, 0.0000000, 0.7000000, 2.0000000},
            "silu", new double[] {-0.1422776, -0.1887703, 0.4677314, 1.7615942},
            "swish", new double[] {-0.1422776, -0.1887703, 0.4677314, 1.7615942},
            "tanh", new double[] {-0.9950548, -0.4621172, 0.6043678, 0.9640276});

    @Test
    void eachGivesTheValuesOfTransformers() {
        Array x = Array.of(new float[] {-3f, -0.5f, 0.7f, 2f});
        REFERENCE.forEach((name, expected) -> {
            float[] values = OnnxEval.eval(new Applied(Activation.named(name)), Weights.empty(), List.of(x))
                    .floats();
            for (int i = 0; i < values.length; i++) {
                assertThat(values[i] - expected[i]).as(name).isBetween(-2e-6, 2e-6);
            }
        });
    }

    private record Applied(Activation activation) implements Program {
        @Override
        public <T> T apply(Ops<T> ops, List<T> inputs) {
            return activation.apply(ops, inputs.get(0));
        }
    }
}
