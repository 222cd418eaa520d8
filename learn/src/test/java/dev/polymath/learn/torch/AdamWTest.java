package dev.polymath.learn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.learn.Given;
import dev.polymath.sharing.Stage;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import dev.polymath.weights.Weights;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against torch.optim.AdamW; see tools/make_training_fixtures.py. */
class AdamWTest {
    private static final JsonNode REFERENCE = Given.json("adamw.json");

    @Test
    void fiveStepsAreThoseOfPyTorch() {
        try (Parameters parameters = parameters();
                AdamW optimizer = optimizer(parameters)) {
            long step = 0;
            for (JsonNode expected : REFERENCE.get("steps")) {
                setGradients(parameters, expected.get("weight_gradient"), expected.get("bias_gradient"));
                double norm = optimizer.step(++step, expected.get("rate").doubleValue());
                assertThat(norm).isCloseTo(expected.get("norm").doubleValue(), within(1e-5));
                Weights weights = parameters.weights();
                for (String name : weights.names()) {
                    float[] reference = floats(expected.get(name));
                    assertThat(weights.get(name).floats())
                            .as("%s after step %d", name, step)
                            .containsExactly(reference, within(2e-6f));
                }
            }
            assertThat(step).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void aGradientThatIsNotFiniteChangesNothing(float wrong) {
        try (Parameters parameters = parameters();
                AdamW optimizer = optimizer(parameters)) {
            JsonNode first = REFERENCE.get("steps").get(0);
            setGradients(parameters, first.get("weight_gradient"), first.get("bias_gradient"));
            optimizer.step(1, 0.01);
            Map<String, Array> before = copy(parameters.state());
            setGradients(parameters, first.get("weight_gradient"), first.get("bias_gradient"));
            Tensors.bytes(parameters.groups().get(1).gradient()).putFloat(4, wrong);
            assertThat(optimizer.step(2, 0.01)).isNotFinite();
            assertThat(parameters.state().asMap()).isEqualTo(before);
            for (Parameters.Group group : parameters.groups()) {
                assertThat(Tensors.array(group.gradient()).floats()).containsOnly(0);
            }
        }
    }

    @Test
    void whatWaitsForItsStageIsLeftAloneAndThenLearnsAsFromTheFirstStep() {
        JsonNode first = REFERENCE.get("steps").get(0);
        try (Parameters parameters = parameters(new Stage(0.5, 1));
                AdamW optimizer = optimizer(parameters);
                Parameters fresh = parameters();
                AdamW anew = optimizer(fresh)) {
            Map<String, Array> begun = copy(parameters.state());
            for (int step = 1; step <= 2; step++) {
                setGradients(parameters, first.get("weight_gradient"), first.get("bias_gradient"));
                Tensors.bytes(parameters.groups().get(0).gradient()).putFloat(0, 1e6f);
                assertThat(optimizer.step(step, 0.01))
                        .as("the norm of the bias alone")
                        .isLessThan(100);
            }
            assertThat(parameters.tensors().get("weight").requires_grad()).isFalse();
            Map<String, Array> waited = copy(parameters.state());
            for (String slot : List.of(".value", ".mean", ".square")) {
                assertThat(waited.get("weight" + slot)).isEqualTo(begun.get("weight" + slot));
                assertThat(waited.get("bias" + slot)).isNotEqualTo(begun.get("bias" + slot));
            }
            Weights saved = new Weights(waited);
            try (Parameters resumed = parameters(new Stage(0.5, 1));
                    AdamW goesOn = optimizer(resumed)) {
                resumed.restore(saved);
                for (int step = 1; step <= 3; step++) {
                    parameters.learnAt(0.5);
                    resumed.learnAt(0.5);
                    update(parameters, optimizer, 2 + step);
                    update(resumed, goesOn, 2 + step);
                    update(fresh, anew, step);
                    assertThat(parameters.weights().get("weight"))
                            .isEqualTo(fresh.weights().get("weight"));
                    assertThat(parameters.tensors().get("weight").requires_grad())
                            .isTrue();
                }
                assertThat(copy(resumed.state())).isEqualTo(copy(parameters.state()));
            }
        }
    }

    /** With a gradient of the weight alone, so that the bias has no part in its norm. */
    private static void update(Parameters parameters, AdamW optimizer, long step) {
        JsonNode gradient = REFERENCE.get("steps").get(0).get("weight_gradient");
        Tensors.bytes(parameters.groups().get(0).gradient()).asFloatBuffer().put(floats(gradient));
        optimizer.step(step, 0.01);
    }

    @Test
    void withNoLimitTheGradientIsNotClipped() {
        try (Parameters parameters = parameters();
                AdamW clipped = new AdamW(parameters, 0, 1);
                AdamW free = new AdamW(parameters, 0, 0)) {
            JsonNode large = REFERENCE.get("steps").get(4);
            setGradients(parameters, large.get("weight_gradient"), large.get("bias_gradient"));
            free.step(1, 0);
            float[] whole = mean(parameters);
            try (Parameters fresh = parameters()) {
                parameters.restore(fresh.state());
            }
            setGradients(parameters, large.get("weight_gradient"), large.get("bias_gradient"));
            clipped.step(1, 0);
            float[] small = mean(parameters);
            double norm = large.get("norm").doubleValue();
            for (int i = 0; i < whole.length; i++)
                assertThat(whole[i]).isCloseTo((float) (norm * small[i]), within(1e-4f));
        }
    }

    private static float[] mean(Parameters parameters) {
        return Tensors.array(parameters.groups().get(0).mean()).floats();
    }

    private static AdamW optimizer(Parameters parameters) {
        return new AdamW(
                parameters,
                REFERENCE.get("decay").doubleValue(),
                REFERENCE.get("clip").doubleValue());
    }

    /** The weight with decay at the full rate, the bias without at three times the rate. */
    private static Parameters parameters() {
        return parameters(Stage.ALWAYS);
    }

    /** @param stage the weight's */
    private static Parameters parameters(Stage stage) {
        Map<String, Array> arrays = new LinkedHashMap<>();
        arrays.put("weight", Array.of(floats(REFERENCE.get("weight")), 3, 4));
        arrays.put("bias", Array.of(floats(REFERENCE.get("bias"))));
        return new Parameters(
                new Weights(arrays),
                name -> name.equals("weight")
                        ? new Parameters.Kind(1, true, true, stage)
                        : new Parameters.Kind(3, false, true));
    }

    private static void setGradients(Parameters parameters, JsonNode weight, JsonNode bias) {
        Tensors.bytes(parameters.groups().get(0).gradient()).asFloatBuffer().put(floats(weight));
        Tensors.bytes(parameters.groups().get(1).gradient()).asFloatBuffer().put(floats(bias));
    }

    private static float[] floats(JsonNode numbers) {
        float[] values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) values[i] = numbers.get(i).floatValue();
        return values;
    }

    private static Map<String, Array> copy(Weights weights) {
        Map<String, Array> copy = new HashMap<>();
        weights.asMap().forEach((name, array) -> {
            boolean counts = array.type() == DType.I64;
            copy.put(name, counts ? Array.of(array.longs()) : Array.of(array.floats(), array.shape()));
        });
        return copy;
    }
}
