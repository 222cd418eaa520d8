package dev.polymath.learn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.learn.Given;
import dev.polymath.model.Fixture;
import dev.polymath.model.Hidden;
import dev.polymath.model.Inputs;
import dev.polymath.model.Pretrained;
import dev.polymath.model.Sites;
import dev.polymath.weights.Array;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gradients of a tiny BERT, for {@code sum(cos(0.1 i) * states[i] * mask)} over its last hidden states. */
class GradientsTest {
    private static final JsonNode REFERENCE = Given.json("bert_gradients.json");

    private final Pretrained bert = Given.bert(0);

    @BeforeEach
    void oneThread() {
        torch.set_num_threads(1);
    }

    @Test
    void theyAreThoseOfPyTorch() {
        try (PointerScope scope = new PointerScope();
                Parameters parameters = parameters()) {
            Tensor loss = loss(parameters, ScalarType.Float);
            assertThat(loss.item_double()).isCloseTo(REFERENCE.get("loss").doubleValue(), within(1e-4));
            loss.backward();
            Map<String, float[]> gradients = gradients(parameters);
            JsonNode expected = REFERENCE.get("gradients");
            assertThat(gradients).hasSize(expected.size());
            gradients.forEach((name, gradient) -> {
                double norm = expected.get(name).get("norm").doubleValue();
                // The gradient of a key's bias is zero but for rounding: it moves all scores of a query alike.
                double limit = 1e-4 * (1 + norm);
                assertThat(norm(gradient)).as(name).isCloseTo(norm, within(limit));
                expected.get(name).get("elements").properties().forEach(element -> {
                    double actual = gradient[Integer.parseInt(element.getKey())];
                    assertThat(actual)
                            .as(name + " at " + element.getKey())
                            .isCloseTo(element.getValue().doubleValue(), within(limit));
                });
            });
        }
    }

    @Test
    void theyAreTheSlopesOfFiniteDifferences() {
        double step = 5e-3;
        try (PointerScope scope = new PointerScope();
                Parameters parameters = parameters()) {
            loss(parameters, ScalarType.Float).backward();
            Map<String, float[]> gradients = gradients(parameters);
            for (String name : new String[] {
                "embeddings.word_embeddings.weight",
                "embeddings.LayerNorm.bias",
                "encoder.layer.0.attention.self.query.weight",
                "encoder.layer.0.attention.self.key.weight",
                "encoder.layer.1.intermediate.dense.weight",
                "encoder.layer.1.output.LayerNorm.weight"
            }) {
                int at = largest(gradients.get(name));
                double slope = (moved(parameters, name, at, step) - moved(parameters, name, at, -step)) / (2 * step);
                double gradient = gradients.get(name)[at];
                assertThat(gradient).as(name).isCloseTo(slope, within(0.02 * Math.abs(slope)));
            }
        }
    }

    @Test
    void inBf16TheyPointTheSameWay() {
        try (PointerScope scope = new PointerScope();
                Parameters parameters = parameters()) {
            loss(parameters, ScalarType.Float).backward();
            Map<String, float[]> exact = gradients(parameters);
            parameters.zeroGradients();
            loss(parameters, ScalarType.BFloat16).backward();
            Map<String, float[]> half = gradients(parameters);
            double product = 0;
            double exactSquares = 0;
            double halfSquares = 0;
            for (String name : exact.keySet()) {
                for (int i = 0; i < exact.get(name).length; i++) {
                    product += exact.get(name)[i] * half.get(name)[i];
                }
                exactSquares += Math.pow(norm(exact.get(name)), 2);
                halfSquares += Math.pow(norm(half.get(name)), 2);
            }
            assertThat(product / Math.sqrt(exactSquares * halfSquares)).isGreaterThan(0.998);
        }
    }

    @Test
    void whatIsSelectedTakesItsOwnGradientAndWhatIsDetachedNone() {
        try (PointerScope scope = new PointerScope()) {
            TorchOps ops = new TorchOps(Map.of(), ScalarType.Float, true);
            Tensor x =
                    Tensors.of(Array.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2)).set_requires_grad(true);
            Tensor mask = Tensors.of(Array.of(new long[] {1, 0, 1}));
            Tensor selected = ops.select(x, mask);
            // Of the squares of rows 0 and 2, put where they were; and of row 1, which stands for itself.
            ops.total(ops.addSelected(x, mask, ops.multiply(selected, selected)))
                    .backward();
            assertThat(Tensors.array(x.grad()).floats()).containsExactly(3, 5, 1, 1, 11, 13);
            x.grad().zero_();
            ops.total(ops.multiply(ops.multiply(x, ops.detached(x)), ops.top(x, 1)))
                    .backward();
            assertThat(Tensors.array(x.grad()).floats()).containsExactly(0, 2, 0, 4, 0, 6);
            x.grad().zero_();
            Tensor nothing = Tensors.of(Array.of(new long[3]));
            ops.total(ops.addSelected(x, nothing, ops.select(x, nothing))).backward();
            assertThat(Tensors.array(x.grad()).floats()).containsOnly(1);
        }
    }

    @Test
    void gradientsOfSeveralPassesAddUp() {
        try (PointerScope scope = new PointerScope();
                Parameters parameters = parameters()) {
            loss(parameters, ScalarType.Float).backward();
            String name = "encoder.layer.0.output.dense.bias";
            float once = gradients(parameters).get(name)[3];
            loss(parameters, ScalarType.Float).backward();
            assertThat(gradients(parameters).get(name)[3]).isEqualTo(2 * once);
        }
    }

    private Parameters parameters() {
        return new Parameters(
                bert.weights(),
                name -> new Parameters.Kind(1, bert.weights().get(name).shape().length > 1, true));
    }

    private Tensor loss(Parameters parameters, ScalarType compute) {
        JsonNode reference = new Fixture("bert")
                .cases().stream()
                        .filter(it -> it.get("name").equals(REFERENCE.get("case")))
                        .findFirst()
                        .orElseThrow();
        Tensor mask = integers(reference.get("attention_mask"));
        Inputs<Tensor> inputs =
                new Inputs<>(integers(reference.get("input_ids")), mask, integers(reference.get("token_type_ids")));
        TorchOps ops = new TorchOps(parameters.tensors(), compute, true);
        Hidden<Tensor> hidden = bert.backbone().hidden(ops, inputs, Sites.none());
        Tensor states = ops.toFloat(hidden.last());
        float[] pattern = new float[(int) states.numel()];
        for (int i = 0; i < pattern.length; i++) pattern[i] = (float) Math.cos(0.1 * i);
        Tensor weighted = states.mul(Tensors.of(Array.of(pattern, Tensors.shape(states))));
        return weighted.mul(ops.toFloat(mask).unsqueeze(-1)).sum();
    }

    /** The loss where one weight is larger by {@code by}. */
    private double moved(Parameters parameters, String name, int at, double by) {
        var bytes = Tensors.bytes(parameters.tensors().get(name));
        float before = bytes.getFloat(4 * at);
        bytes.putFloat(4 * at, (float) (before + by));
        try (AutoGradMode off = new AutoGradMode(false)) {
            return loss(parameters, ScalarType.Float).item_double();
        } finally {
            bytes.putFloat(4 * at, before);
        }
    }

    private static Map<String, float[]> gradients(Parameters parameters) {
        Map<String, float[]> gradients = new HashMap<>();
        for (Parameters.Group group : parameters.groups()) {
            float[] flat = Tensors.array(group.gradient()).floats();
            int at = 0;
            for (String name : group.names()) {
                int size = (int) parameters.tensors().get(name).numel();
                gradients.put(name, java.util.Arrays.copyOfRange(flat, at, at + size));
                at += size;
            }
        }
        return gradients;
    }

    private static Tensor integers(JsonNode rows) {
        long[] values = new long[rows.size() * rows.get(0).size()];
        int at = 0;
        for (JsonNode row : rows) for (JsonNode value : row) values[at++] = value.longValue();
        return Tensors.of(Array.of(values, rows.size(), rows.get(0).size()));
    }

    private static double norm(float[] values) {
        double squares = 0;
        for (float value : values) squares += (double) value * value;
        return Math.sqrt(squares);
    }

    private static int largest(float[] values) {
        int largest = 0;
        for (int i = 1; i < values.length; i++) if (Math.abs(values[i]) > Math.abs(values[largest])) largest = i;
        return largest;
    }
}
