package dev.polymath.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Backbones;
import dev.polymath.model.Fixture;
import dev.polymath.model.Hidden;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.project.Part;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolingTest {
    private static final Array STATES = Array.of(new float[] {1, 2, 3, 6, 99, 99, 7, 8, 99, 99, 99, 99}, 2, 3, 2);
    private static final Array MASK = Array.of(new long[] {1, 1, 0, 1, 0, 0}, 2, 3);

    private static final Weights QUERY = new Weights(Map.of("heads.t.pooling", Array.of(new float[] {0, 0.5f}, 2)));

    @Test
    void theMaximumLeavesPaddingOut() {
        assertThat(pool(LastLayerPooling.MAX, STATES, MASK)).isEqualTo(Array.of(new float[] {3, 6, 7, 8}, 2, 2));
    }

    @Test
    void laterTokensCountMore() {
        float third = 1 / 3f;
        assertThat(pool(LastLayerPooling.WEIGHTED, STATES, MASK).floats())
                .containsExactly(new float[] {third + 2, 2 * third + 4, 7, 8}, within(1e-5f));
    }

    @Test
    void tokensThatTheTaskLooksForCountMore() {
        // The scores are 1 and 3.
        float second = (float) (Math.exp(2) / (1 + Math.exp(2)));
        assertThat(pool(new AttentionPooling(List.of()), STATES, MASK).floats())
                .containsExactly(new float[] {1 + 2 * second, 2 + 4 * second, 7, 8}, within(1e-4f));
    }

    @Test
    void theMeanLeavesPaddingOut() {
        assertThat(pool(LastLayerPooling.MEAN, STATES, MASK)).isEqualTo(Array.of(new float[] {2, 4, 7, 8}, 2, 2));
    }

    @Test
    void clsTakesTheFirstToken() {
        assertThat(pool(LastLayerPooling.CLS, STATES, MASK)).isEqualTo(Array.of(new float[] {1, 2, 7, 8}, 2, 2));
    }

    @Test
    void aRowOfPaddingAloneHasAMeanOfZero() {
        assertThat(pool(LastLayerPooling.MEAN, Array.of(new float[] {5, 5}, 1, 1, 2), Array.of(new long[1], 1, 1)))
                .isEqualTo(Array.of(new float[2], 1, 2));
    }

    @Test
    void namesAndKnobsComeBackFromWhatAModelKeeps() {
        List<PartSpec> parts = List.of(
                new PartSpec("mean", Map.of()),
                new PartSpec("attention", Map.of("layers", List.of(2L, 1L))),
                new PartSpec("diagonal-attention", Map.of("layer", 2L, "head", 3L, "over", "first-last")),
                new PartSpec("whitening", Map.of("dimensions", 5L)));
        for (PartSpec part : parts) {
            Pooling pooling = Poolings.CATALOGUE.make(part);
            ObjectNode state = JsonNodeFactory.instance.objectNode();
            Poolings.keep(pooling, state);
            assertThat(Poolings.restored(state)).isEqualTo(pooling);
        }
        for (Part<? extends Pooling> part : Poolings.CATALOGUE.parts()) {
            Pooling pooling = Poolings.CATALOGUE.make(new PartSpec(part.name(), Map.of()));
            assertThat(pooling.part().type()).isEqualTo(part.name());
        }
        ObjectNode state = JsonNodeFactory.instance.objectNode();
        Poolings.keep(Poolings.MEAN, state);
        assertThat(state.toString()).isEqualTo("{\"pooling\":\"mean\"}");
    }

    @Test
    void whatThereIsNotIsRefusedWithWhatThereIs() {
        refused("maen", Map.of(), "did you mean 'mean'?");
        refused("diagonal-attention", Map.of("head", 0L), "head is 0; it must be a whole number from 1");
        Backbone backbone = Backbones.of(new Fixture("bert").json("config.json"), 0);
        int layers = backbone.layers();
        assertThatThrownBy(() -> new DiagonalAttention(9, 1, States.LAST).check(backbone))
                .isInstanceOf(InputException.class)
                .hasMessage("pooling diagonal-attention: layer is 9, and the backbone has layers 1 to " + layers);
        assertThatThrownBy(() -> new DiagonalAttention(1, 99, States.LAST).check(backbone))
                .hasMessageContaining("head is 99, and the backbone has heads a layer 1 to");
        assertThatThrownBy(() -> new AttentionPooling(List.of(1, 7)).check(backbone))
                .hasMessage("pooling attention: layers has 7, and the backbone has layers 1 to " + layers);
        assertThatThrownBy(() -> new Whitening(5000, States.LAST).check(backbone))
                .hasMessageContaining("dimensions is 5000, and the backbone's states have 1 to");
    }

    private static void refused(String name, Map<String, Object> knobs, String message) {
        assertThatThrownBy(() -> Poolings.CATALOGUE.make(new PartSpec(name, knobs)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }

    @Test
    void attentionOverLayersIsOneSoftmaxOverTheTokensOfAll() {
        Array second = Array.of(new float[] {1, 0, 1, 4, 99, 99, 7, 8, 99, 99, 99, 99}, 2, 3, 2);
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> inputs) {
                Hidden<T> hidden = new Hidden<>(inputs.subList(0, 2), inputs.get(2));
                return new AttentionPooling(List.of(1, 2)).pool(ops, hidden, "t");
            }
        };
        // The scores are 1 and 3 in one layer, and 0 and 2 in the other.
        double sum = Math.exp(1) + Math.exp(3) + Math.exp(0) + Math.exp(2);
        double expected = (Math.exp(1) * 1 + Math.exp(3) * 3 + Math.exp(0) * 1 + Math.exp(2) * 1) / sum;
        assertThat(OnnxEval.eval(program, QUERY, List.of(STATES, second, MASK)).floats()[0])
                .isCloseTo((float) expected, within(1e-5f));
    }

    private static Array pool(Pooling pooling, Array states, Array mask) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> inputs) {
                return pooling.pool(ops, new Hidden<>(List.of(inputs.get(0)), inputs.get(1)), "t");
            }
        };
        return OnnxEval.eval(program, QUERY, List.of(states, mask));
    }
}
