package dev.polymath.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import dev.polymath.weights.Int8Weight;
import dev.polymath.weights.Weights;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Linear maps in integers, against the same written out in Java. */
class OnnxInt8Test {
    private static final int IN = 384;
    private static final int OUT = 100;

    private final SplittableRandom random = new SplittableRandom(7);

    @Test
    void theGraphComputesTheEquationToTheLastBit() {
        Array w = normal(OUT, IN);
        Array b = normal(OUT);
        Array x = normal(3, 5, IN);
        Array given = linear(w, b, x);
        assertThat(given.shape()).containsExactly(3, 5, OUT);
        assertThat(given).isEqualTo(reference(Int8Weight.of(w), b, x));
    }

    @Test
    void theLargestSumsDoNotSaturate() {
        float[] same = new float[OUT * IN];
        for (int i = 0; i < same.length; i++) same[i] = i / IN % 2 == 0 ? 1 : -1;
        Array w = Array.of(same, OUT, IN);
        float[] ones = new float[2 * IN];
        for (int i = 0; i < ones.length; i++) ones[i] = i < IN ? 3 : -3;
        Array x = Array.of(ones, 1, 2, IN);
        float[] given = linear(w, Array.zeros(OUT), x).floats();
        // Every product is the largest or smallest that there is: 255 or 1 times 64 or -64 before the zero point.
        for (int i = 0; i < given.length; i++) {
            assertThat(given[i]).isEqualTo((i / OUT + i) % 2 == 0 ? 3f * IN : -3f * IN);
        }
    }

    @Test
    void aRowGivesTheSameBitsAloneAndAmongOthers() {
        Array w = normal(OUT, IN);
        Array b = normal(OUT);
        float[] values = normal(16, 9, IN).floats();
        // Others that are a thousand times as large, which would swallow it under one scale.
        for (int i = 9 * IN; i < values.length; i++) values[i] *= 1000;
        Array all = Array.of(values, 16, 9, IN);
        try (OnnxEval graph = graph(w, b, all)) {
            Array together = graph.run(List.of(all));
            for (int row = 0; row < 16; row++) {
                Array alone = graph.run(List.of(all.rows(row, 1)));
                assertThat(alone).isEqualTo(together.rows(row, 1));
            }
        }
    }

    @Test
    void aTokenOfZerosGivesTheBias() {
        Array b = normal(OUT);
        assertThat(linear(normal(OUT, IN), b, Array.zeros(1, 1, IN)).floats()).isEqualTo(b.floats());
    }

    @Test
    void theResultIsCloseToThatInFloats() {
        Array w = normal(OUT, IN);
        Array x = normal(4, 8, IN);
        float[] floats = OnnxEval.trace(
                        (ops, inputs) -> ops.linear(inputs.get(0), ops.weight("w"), null),
                        new Weights(Map.of("w", w)),
                        List.of(x))
                .run(List.of(x))
                .floats();
        float[] integers = linear(w, Array.zeros(OUT), x).floats();
        double error = 0;
        double size = 0;
        for (int i = 0; i < floats.length; i++) {
            error += Math.pow(floats[i] - integers[i], 2);
            size += Math.pow(floats[i], 2);
        }
        // Rounding to steps of max / 64 and max / 127, where max is about 3 deviations: 1/74 and 1/147 of one.
        assertThat(Math.sqrt(error / size)).isBetween(0.005, 0.02);
    }

    @Test
    void projectionsOfOneInputQuantiseItOnce() {
        Weights weights = new Weights(Map.of());
        for (String name : List.of("q", "k", "v")) {
            Array w = normal(OUT, IN);
            weights = weights.with(new Weights(Map.of(name, w)))
                    .with(Int8Weight.of(w).named(name));
        }
        OnnxOps ops = new OnnxOps("three", weights);
        OnnxOps.Edge x = ops.input("x", DType.F32, "rows", "tokens", Integer.toString(IN));
        for (String name : List.of("q", "k", "v")) {
            ops.output("out_" + name, ops.linear(x, ops.weight(name), null), "rows", "tokens", "100");
        }
        String graph = new String(ops.bytes(), StandardCharsets.ISO_8859_1);
        assertThat(nodes(graph, "MatMulInteger")).isEqualTo(3);
        assertThat(nodes(graph, "QuantizeLinear")).isEqualTo(1);
        assertThat(nodes(graph, "ReduceMax")).isEqualTo(1);
    }

    /** Nodes are named by their operator and a number. */
    private static int nodes(String graph, String operator) {
        Matcher names = Pattern.compile(operator + "_\\d+").matcher(graph);
        Set<String> found = new HashSet<>();
        while (names.find()) found.add(names.group());
        return found.size();
    }

    private static Array linear(Array w, Array b, Array x) {
        try (OnnxEval graph = graph(w, b, x)) {
            return graph.run(List.of(x));
        }
    }

    private static OnnxEval graph(Array w, Array b, Array x) {
        Weights weights =
                new Weights(Map.of("w", w, "b", b)).with(Int8Weight.of(w).named("w"));
        return OnnxEval.trace(
                (ops, inputs) -> ops.linear(inputs.get(0), ops.weight("w"), ops.weight("b")), weights, List.of(x));
    }

    private static Array reference(Int8Weight weight, Array bias, Array x) {
        int in = (int) weight.values().shape()[0];
        int out = (int) weight.values().shape()[1];
        long[] values = weight.values().longs();
        float[] scales = weight.scales().floats();
        float[] b = bias.floats();
        float[] from = x.floats();
        int tokens = from.length / in;
        float[] result = new float[tokens * out];
        for (int token = 0; token < tokens; token++) {
            float most = 0;
            for (int i = 0; i < in; i++) most = Math.max(most, Math.abs(from[token * in + i]));
            float scale = most / 127;
            for (int o = 0; o < out; o++) {
                int sum = 0;
                for (int i = 0; i < in; i++) {
                    sum += (int) Math.rint(from[token * in + i] / scale) * (int) values[i * out + o];
                }
                result[token * out + o] = sum * scales[o] * scale + b[o];
            }
        }
        long[] shape = x.shape();
        shape[shape.length - 1] = out;
        return Array.of(result, shape);
    }

    private Array normal(long... shape) {
        int size = 1;
        for (long axis : shape) size *= (int) axis;
        float[] values = new float[size];
        for (int i = 0; i < size; i++) values[i] = (float) random.nextGaussian();
        return Array.of(values, shape);
    }
}
