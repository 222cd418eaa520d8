package dev.polymath.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.polymath.ops.OnnxOps.Edge;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import dev.polymath.weights.Weights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Each operation against numbers worked out by hand. */
class OnnxOpsTest {
    private static final Array MATRIX = floats(2, 3, new float[] {1, -2, 3, 0.5f, 0, -1});

    // ---- sources

    @Test
    void positionsCountTheSecondAxisAtAnySize() {
        try (OnnxEval graph = OnnxEval.trace(
                (ops, x) -> ops.positions(x.get(0)), Weights.empty(), List.of(Array.of(new long[6], 2, 3)))) {
            assertThat(graph.run(List.of(Array.of(new long[6], 2, 3)))).isEqualTo(Array.of(new long[] {0, 1, 2}));
            assertThat(graph.run(List.of(Array.of(new long[5], 1, 5)))).isEqualTo(Array.of(new long[] {0, 1, 2, 3, 4}));
            assertThat(graph.run(List.of(Array.of(new long[0], 0, 2)))).isEqualTo(Array.of(new long[] {0, 1}));
        }
    }

    @Test
    void constantsAreFloatsOrIntegersAndNothingElse() {
        Array numbers = Array.of(new float[] {1.5f, -2}, 1, 2);
        Array integers = Array.of(new long[] {7, Long.MIN_VALUE});
        Array bytes = new Array(DType.I8, new long[] {1}, ByteBuffer.allocate(1));
        assertThat(calculate((ops, x) -> ops.constant(numbers))).isEqualTo(numbers);
        assertThat(calculate((ops, x) -> ops.constant(integers))).isEqualTo(integers);
        assertThatThrownBy(() -> new OnnxOps("graph", Weights.empty()).constant(bytes))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void weightsOfHalfPrecisionAreReadAsFloats() {
        Array bf16 = new Array(DType.BF16, new long[] {2}, shorts(0x3fc0, 0xc000));
        Array f16 = new Array(DType.F16, new long[] {2}, shorts(0x3e00, 0xc000));
        Weights weights = new Weights(Map.of("bf16", bf16, "f16", f16));
        for (String name : weights.names()) {
            assertThat(calculate(weights, (ops, x) -> ops.weight(name)).floats())
                    .containsExactly(1.5f, -2);
        }
    }

    @Test
    void aWeightThatIsNotThereIsAnError() {
        assertThatThrownBy(() -> new OnnxOps("graph", Weights.empty()).weight("missing"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing");
    }

    // ---- linear algebra

    @Test
    void linearTakesTheWeightAsStoredOutByIn() {
        Weights weights = new Weights(
                Map.of("w", floats(2, 3, new float[] {1, 0, 2, -1, 1, 0}), "b", Array.of(new float[] {10, 20})));
        BiFunction<OnnxOps, List<Edge>, Edge> biased =
                (ops, x) -> ops.linear(x.get(0), ops.weight("w"), ops.weight("b"));
        assertThat(calculate(weights, biased, MATRIX)).isEqualTo(floats(2, 2, new float[] {17, 17, 8.5f, 19.5f}));
        assertThat(calculate(weights, biased, MATRIX.reshaped(1, 2, 1, 3)))
                .isEqualTo(Array.of(new float[] {17, 17, 8.5f, 19.5f}, 1, 2, 1, 2));
        assertThat(calculate(weights, (ops, x) -> ops.linear(x.get(0), ops.weight("w"), null), MATRIX))
                .isEqualTo(floats(2, 2, new float[] {7, -3, -1.5f, -0.5f}));
    }

    @Test
    void matmulBroadcastsTheBatchAxes() {
        Array a = Array.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2);
        Array b = floats(2, 1, new float[] {1, -1});
        assertThat(calculate((ops, x) -> ops.matmul(x.get(0), x.get(1)), a, b))
                .isEqualTo(Array.of(new float[] {-1, -1, -1, -1}, 2, 2, 1));
    }

    // ---- shape

    @Test
    void reshapeKeepsAxesAtZeroAndFillsTheRest() {
        Array x = Array.of(new float[24], 2, 3, 4);
        assertThat(calculate((ops, in) -> ops.reshape(in.get(0), 0, 0, 2, 2), x).shape())
                .containsExactly(2, 3, 2, 2);
        assertThat(calculate((ops, in) -> ops.reshape(in.get(0), 0, -1), x).shape())
                .containsExactly(2, 12);
        assertThat(calculate((ops, in) -> ops.reshape(in.get(0), 0, 0, 2, 2), Array.of(new float[0], 0, 3, 4))
                        .shape())
                .containsExactly(0, 3, 2, 2);
    }

    @Test
    void transposeOrdersTheAxesAndCountsNegativeOnesFromTheEnd() {
        Array expected = floats(3, 2, new float[] {1, 0.5f, -2, 0, 3, -1});
        assertThat(calculate((ops, x) -> ops.transpose(x.get(0), 1, 0), MATRIX)).isEqualTo(expected);
        assertThat(calculate((ops, x) -> ops.transpose(x.get(0), -1, -2), MATRIX))
                .isEqualTo(expected);
    }

    @Test
    void concatJoinsAlongAnAxis() {
        Array other = floats(2, 1, new float[] {8, 9});
        assertThat(calculate((ops, x) -> ops.concat(-1, x), MATRIX, other))
                .isEqualTo(floats(2, 4, new float[] {1, -2, 3, 8, 0.5f, 0, -1, 9}));
        assertThat(calculate((ops, x) -> ops.concat(0, x), MATRIX, MATRIX).shape())
                .containsExactly(4, 3);
        assertThat(calculate((ops, x) -> ops.concat(1, x), MATRIX, Array.of(new long[] {8, 9}, 2, 1)))
                .as("integers beside floats become floats")
                .isEqualTo(floats(2, 4, new float[] {1, -2, 3, 8, 0.5f, 0, -1, 9}));
    }

    @Test
    void sliceTakesARangeAndTheMaximumMeansTheEnd() {
        assertThat(calculate((ops, x) -> ops.slice(x.get(0), 1, 1, Long.MAX_VALUE), MATRIX))
                .isEqualTo(floats(2, 2, new float[] {-2, 3, 0, -1}));
        assertThat(calculate((ops, x) -> ops.slice(x.get(0), -2, 0, 1), MATRIX))
                .isEqualTo(floats(1, 3, new float[] {1, -2, 3}));
        assertThat(calculate((ops, x) -> ops.slice(x.get(0), 1, 2, 2), MATRIX).shape())
                .containsExactly(2, 0);
    }

    @Test
    void gatherTakesRowsOfATable() {
        Array indices = Array.of(new long[] {1, 0, 1, 1}, 2, 2);
        assertThat(calculate((ops, x) -> ops.gather(x.get(0), x.get(1)), MATRIX, indices))
                .isEqualTo(Array.of(new float[] {0.5f, 0, -1, 1, -2, 3, 0.5f, 0, -1, 0.5f, 0, -1}, 2, 2, 3));
        assertThat(calculate((ops, x) -> ops.gather(x.get(0), x.get(1)), MATRIX, Array.of(new long[0], 0, 4))
                        .shape())
                .containsExactly(0, 4, 3);
    }

    @Test
    void pickTakesAnElementOfEachRow() {
        assertThat(calculate((ops, x) -> ops.pick(x.get(0), x.get(1)), MATRIX, Array.of(new long[] {2, 0})))
                .isEqualTo(Array.of(new float[] {3, 0.5f}));
    }

    // ---- arithmetic

    @Test
    void binaryOperationsBroadcast() {
        Array row = Array.of(new float[] {2, 4, -8});
        Array column = floats(2, 1, new float[] {1, 2});
        assertThat(calculate((ops, x) -> ops.add(x.get(0), x.get(1)), MATRIX, row))
                .isEqualTo(floats(2, 3, new float[] {3, 2, -5, 2.5f, 4, -9}));
        assertThat(calculate((ops, x) -> ops.subtract(x.get(0), x.get(1)), row, column))
                .isEqualTo(floats(2, 3, new float[] {1, 3, -9, 0, 2, -10}));
        assertThat(calculate((ops, x) -> ops.multiply(x.get(0), x.get(1)), column, row))
                .isEqualTo(floats(2, 3, new float[] {2, 4, -8, 4, 8, -16}));
        assertThat(calculate((ops, x) -> ops.divide(x.get(0), x.get(1)), MATRIX, row))
                .isEqualTo(floats(2, 3, new float[] {0.5f, -0.5f, -0.375f, 0.25f, 0, 0.125f}));
    }

    @Test
    void integersStayIntegersAmongThemselvesAndBecomeFloatsBesideFloats() {
        Array integers = Array.of(new long[] {7, 8});
        assertThat(calculate((ops, x) -> ops.add(x.get(0), x.get(0)), integers))
                .isEqualTo(Array.of(new long[] {14, 16}));
        assertThat(calculate((ops, x) -> ops.divide(x.get(0), ops.constant(Array.of(new long[] {2}))), integers))
                .isEqualTo(Array.of(new float[] {3.5f, 4}));
        assertThat(calculate((ops, x) -> ops.multiply(x.get(0), ops.constant(Array.scalar(0.5f))), integers))
                .isEqualTo(Array.of(new float[] {3.5f, 4}));
        assertThat(calculate((ops, x) -> ops.toFloat(x.get(0)), integers)).isEqualTo(Array.of(new float[] {7, 8}));
    }

    @Test
    void elementwiseFunctionsGiveTheirTextbookValues() {
        each(x -> 2.5 * x - 3, (ops, x) -> ops.affine(x, 2.5, -3));
        each(x -> -0.25 * x, (ops, x) -> ops.scale(x, -0.25));
        each(x -> x, (ops, x) -> ops.affine(x, 1, 0));
        each(x -> Math.max(x, 0.25), (ops, x) -> ops.atLeast(x, 0.25));
        each(Math::abs, (ops, x) -> ops.abs(x));
        each(Math::exp, (ops, x) -> ops.exp(x));
        each(x -> Math.log(Math.abs(x) + 1), (ops, x) -> ops.log(ops.affine(ops.abs(x), 1, 1)));
        each(x -> Math.sqrt(Math.abs(x)), (ops, x) -> ops.sqrt(ops.abs(x)));
        each(x -> Math.max(x, 0), (ops, x) -> ops.relu(x));
        each(x -> x / (1 + Math.exp(-x)), (ops, x) -> ops.silu(x));
        each(Math::tanh, (ops, x) -> ops.tanh(x));
        each(x -> 1 / (1 + Math.exp(-x)), (ops, x) -> ops.sigmoid(x));
        each(x -> Math.log1p(Math.exp(x)), (ops, x) -> ops.softplus(x));
        each(x -> x, (ops, x) -> ops.dropout(x, 0.5));
    }

    @Test
    void geluIsTheExactForm() {
        // x Phi(x) at -2, -1, 0, 1, 2 from tables of the normal distribution; the tanh form gives 0.8412 and 1.9546.
        Array x = Array.of(new float[] {-2, -1, 0, 1, 2});
        assertThat(calculate((ops, in) -> ops.gelu(in.get(0)), x).floats())
                .containsExactly(new float[] {-0.0455003f, -0.1586553f, 0, 0.8413447f, 1.9544997f}, within(2e-6f));
    }

    @Test
    void softplusDoesNotOverflow() {
        assertThat(calculate((ops, x) -> ops.softplus(x.get(0)), Array.of(new float[] {200, -200}))
                        .floats())
                .containsExactly(200, 0);
    }

    // ---- reduction

    @Test
    void softmaxRunsAlongItsAxis() {
        Array x = floats(2, 2, new float[] {0, (float) Math.log(3), 0, 0});
        assertClose(calculate((ops, in) -> ops.softmax(in.get(0), -1), x), 0.25, 0.75, 0.5, 0.5);
        assertClose(calculate((ops, in) -> ops.softmax(in.get(0), 0), x), 0.5, 0.75, 0.5, 0.25);
        double low = Math.log(0.25);
        double high = Math.log(0.75);
        double half = Math.log(0.5);
        assertClose(calculate((ops, in) -> ops.logSoftmax(in.get(0), 1), x), low, high, half, half);
        assertClose(calculate((ops, in) -> ops.logSoftmax(in.get(0), -2), x), half, high, half, low);
    }

    @Test
    void reductionsDropOrKeepTheirAxis() {
        assertThat(calculate((ops, x) -> ops.sum(x.get(0), 1, false), MATRIX))
                .isEqualTo(Array.of(new float[] {2, -0.5f}));
        assertThat(calculate((ops, x) -> ops.sum(x.get(0), -2, true), MATRIX))
                .isEqualTo(floats(1, 3, new float[] {1.5f, -2, 2}));
        assertClose(calculate((ops, x) -> ops.mean(x.get(0), -1, true), MATRIX), 2 / 3.0, -1 / 6.0);
        assertThat(calculate((ops, x) -> ops.mean(x.get(0), -1, true), MATRIX).shape())
                .containsExactly(2, 1);
        assertThat(calculate((ops, x) -> ops.max(x.get(0), 0, false), MATRIX))
                .isEqualTo(Array.of(new float[] {1, 0, 3}));
        assertThat(calculate((ops, x) -> ops.total(x.get(0)), MATRIX)).isEqualTo(Array.scalar(1.5f));
        assertThat(calculate((ops, x) -> ops.sum(x.get(0), 1, false), Array.of(new long[] {1, 1, 0, 1}, 2, 2)))
                .isEqualTo(Array.of(new long[] {2, 1}));
    }

    @Test
    void noRowsGiveNoRows() {
        Array none = Array.of(new float[0], 0, 3);
        assertThat(calculate((ops, x) -> ops.softmax(x.get(0), -1), none)).isEqualTo(none);
        assertThat(calculate((ops, x) -> ops.sum(x.get(0), 1, false), none).shape())
                .containsExactly(0);
        assertThat(calculate((ops, x) -> ops.total(x.get(0)), none)).isEqualTo(Array.scalar(0));
    }

    // ---- compound

    @Test
    void layerNormScalesTheLastAxisToVarianceOne() {
        Weights weights = new Weights(Map.of("w", Array.of(new float[] {1, 2}), "b", Array.of(new float[] {0, 10})));
        Array x = floats(2, 2, new float[] {1, 3, -4, -4});
        assertClose(
                calculate(weights, (ops, in) -> ops.layerNorm(in.get(0), ops.weight("w"), ops.weight("b"), 1e-12), x),
                -1,
                12,
                0,
                10);
        // With epsilon 3 a variance of 1 is divided by the root of 4.
        assertClose(
                calculate(weights, (ops, in) -> ops.layerNorm(in.get(0), ops.weight("w"), null, 3), x), -0.5, 1, 0, 0);
    }

    @Test
    void attentionLooksWhereTheBiasLetsIt() {
        // Two heads of size 1. Head 1's keys are 0 and log 3, its values 1 and 5; head 2 sees only the first token.
        float log3 = (float) Math.log(3);
        Array q = Array.of(new float[] {1, 1, 0, 1}, 1, 2, 2);
        Array k = Array.of(new float[] {0, 0, log3, 0}, 1, 2, 2);
        Array v = Array.of(new float[] {1, 7, 5, 8}, 1, 2, 2);
        Array bias = Array.of(new float[] {0, 0, 0, -1e9f}, 1, 2, 1, 2);
        Array mixed =
                calculate((ops, x) -> ops.attention(x.get(0), x.get(1), x.get(2), x.get(3), 2, 1, 0.1), q, k, v, bias);
        assertThat(mixed.shape()).containsExactly(1, 2, 2);
        assertClose(mixed, 4, 7, 3, 7);
    }

    // ---- the graph

    @Test
    void equalComputationsAreOneNodeAndDeadOnesAreLeftOut() throws Exception {
        Weights weights = new Weights(Map.of("w", MATRIX, "unused", MATRIX));
        OnnxOps ops = new OnnxOps("graph", weights);
        Edge x = ops.input("x", DType.F32, "rows", "3");
        ops.exp(ops.linear(x, ops.weight("unused"), null));
        Edge twice = ops.add(ops.linear(x, ops.weight("w"), null), ops.linear(x, ops.weight("w"), null));
        ops.output("y", ops.affine(ops.affine(twice, 2, 3), 2, 3), "rows", "2");
        GraphProto graph = ModelProto.parseFrom(ops.bytes()).getGraph();
        assertThat(graph.getNodeList().stream().map(NodeProto::getOpType))
                .containsExactly("Transpose", "MatMul", "Add", "Mul", "Add", "Mul", "Add", "Identity");
        assertThat(graph.getInitializerList().stream().map(TensorProto::getName))
                .hasSize(3)
                .contains("w");
    }

    @Test
    void onlyLargeWeightsThatTheFileHasLieOutside() throws Exception {
        Array large = Array.zeros(512, 512);
        Weights weights = new Weights(Map.of("large", large, "elsewhere", large, "small", Array.zeros(512)));
        OnnxOps ops = new OnnxOps("graph", weights);
        Edge product = ops.linear(ops.input("x", DType.F32, "rows", "512"), ops.weight("large"), ops.weight("small"));
        ops.output("y", ops.linear(product, ops.weight("elsewhere"), null), "rows", "512");
        ExternalWeights file = new ExternalWeights(
                "model.safetensors",
                Map.of(
                        "large", new ExternalWeights.Range(128, 1 << 20),
                        "small", new ExternalWeights.Range((1 << 20) + 128, 2048)));
        GraphProto graph = ModelProto.parseFrom(ops.bytes(List.of(file))).getGraph();
        for (TensorProto tensor : graph.getInitializerList()) {
            if (tensor.getName().equals("large")) {
                assertThat(tensor.getExternalDataList().toString())
                        .contains("model.safetensors", "\"128\"", "\"1048576\"");
                assertThat(tensor.getRawData().isEmpty()).isTrue();
            } else {
                assertThat(tensor.getExternalDataCount()).isZero();
            }
        }
        assertThatThrownBy(() -> new ExternalWeights("../model.safetensors", Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anInputMayBeAnOutputAndAnUnusedInputStays() {
        assertThat(calculate((ops, x) -> x.get(0), MATRIX, Array.of(new long[] {1})))
                .isEqualTo(MATRIX);
    }

    @Test
    void aNameIsTakenOnce() {
        OnnxOps ops = new OnnxOps("graph", Weights.empty());
        ops.input("x", DType.F32, "n");
        assertThatThrownBy(() -> ops.input("x", DType.F32, "n")).isInstanceOf(IllegalArgumentException.class);
    }

    // ----

    private static void each(DoubleUnaryOperator expected, BiFunction<OnnxOps, Edge, Edge> actual) {
        double[] points = {-3, -1, -0.5, 0, 0.25, 1, 4};
        float[] inputs = new float[points.length];
        double[] outputs = new double[points.length];
        for (int i = 0; i < points.length; i++) {
            inputs[i] = (float) points[i];
            outputs[i] = expected.applyAsDouble(points[i]);
        }
        assertClose(calculate((ops, x) -> actual.apply(ops, x.get(0)), Array.of(inputs)), outputs);
    }

    private static void assertClose(Array actual, double... expected) {
        float[] values = actual.floats();
        assertThat(values).hasSize(expected.length);
        for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i])
                    .as("element " + i)
                    .isCloseTo(expected[i], within(1e-5 * (1 + Math.abs(expected[i]))));
        }
    }

    private static Array calculate(BiFunction<OnnxOps, List<Edge>, Edge> program, Array... inputs) {
        return calculate(Weights.empty(), program, inputs);
    }

    private static Array calculate(Weights weights, BiFunction<OnnxOps, List<Edge>, Edge> program, Array... inputs) {
        try (OnnxEval graph = OnnxEval.trace(program, weights, List.of(inputs))) {
            return graph.run(List.of(inputs));
        }
    }

    private static Array floats(long rows, long columns, float[] values) {
        return Array.of(values, rows, columns);
    }

    private static ByteBuffer shorts(int... bits) {
        ByteBuffer data = ByteBuffer.allocate(2 * bits.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : bits) data.putShort((short) value);
        return data.flip();
    }
}
