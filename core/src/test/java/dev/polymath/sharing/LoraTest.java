package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.model.Fixture;
import dev.polymath.model.Pretrained;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LoraTest {
    private static final Map<String, Object> KNOBS = Map.of("rank", 3, "alpha", 2, "sites", Projections.NAMES);

    static List<Fixture> fixtures() {
        return Fixture.all();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void foldedIntoTheWeightsItGivesWhatItGivesBesideThem(Fixture fixture) {
        Pretrained pretrained = Given.pretrained(fixture);
        List<Array> texts = Given.texts(pretrained);
        SharingGroup group = Given.group("lora", KNOBS, "a", "b");
        Weights weights = Given.normal(group, pretrained, 0.1);
        float[] beside = Given.states(pretrained, group, weights, texts, 1, 1, 1, 1, 1);
        Lora lora = (Lora) group.part();
        Weights folded = lora.folded(pretrained.backbone(), pretrained.weights(), group.own(weights, "b"));
        assertThat(folded.names()).isEqualTo(pretrained.weights().names());
        assertThat(Given.plain(pretrained, folded, texts)).containsExactly(beside, within(1e-5f));
        assertThat(Given.plain(pretrained, texts)).isNotEqualTo(beside);
    }

    @Test
    void theUpdateIsTheFactorsProductTimesAlphaByRank() {
        Pretrained bert = Given.pretrained(new Fixture("bert"));
        Lora lora = (Lora) Given.group("lora", Map.of("rank", 2, "alpha", 6, "sites", "attention.key"), "a")
                .part();
        float[] down = new float[32 * 2];
        float[] up = new float[2 * 32];
        down[5 * 2] = 2; // from input 5 to waist 0
        up[7] = 10; // from waist 0 to output 7
        Weights own = new Weights(Map.of(
                "layer.0.attention.key.down", Array.of(down, 32, 2),
                "layer.0.attention.key.up", Array.of(up, 2, 32),
                "layer.1.attention.key.down", Array.zeros(32, 2),
                "layer.1.attention.key.up", Array.zeros(2, 32)));
        Weights change = lora.folded(bert.backbone(), bert.weights(), own).minus(bert.weights());
        String key = "encoder.layer.0.attention.self.key.weight";
        change.asMap().forEach((name, array) -> {
            float[] expected = new float[array.size()];
            if (name.equals(key)) expected[7 * 32 + 5] = 60; // W [out, in] + 6 / 2 * 2 * 10
            assertThat(array.floats()).as(name).containsExactly(expected, within(1e-5f));
        });
    }

    @Test
    void theWayIntoTheWaistIsDrawnAsAsked() {
        Pretrained bert = Given.pretrained(new Fixture("bert"));
        Map<String, Object> gaussian = Map.of("rank", 16, "init", "gaussian", "sites", "ffn.out");
        Map<String, Object> uniform = Map.of("rank", 16, "init", "uniform", "sites", "ffn.out");
        float[] normal = down(bert, gaussian);
        float[] even = down(bert, uniform);
        double most = 1 / Math.sqrt(48);
        assertThat(deviation(normal)).isCloseTo(1.0 / 16, within(0.005));
        assertThat(deviation(even)).isCloseTo(most / Math.sqrt(3), within(0.005));
        for (float value : even) assertThat(value).isBetween((float) -most, (float) most);
    }

    @Test
    void layersBelowTheFirstOneStayAsTheyAre() {
        Pretrained bert = Given.pretrained(new Fixture("bert"));
        SharingGroup group = Given.group("lora", Map.of("first_layer", 2), "a");
        assertThat(group.part().plainLayers()).isEqualTo(1);
        Start start = new Start(bert.backbone(), Weights.empty(), List.of("a"));
        assertThat(group.part().own(start, "a", new SplittableRandom(3)).names())
                .containsExactlyInAnyOrder(
                        "layer.1.attention.query.down",
                        "layer.1.attention.query.up",
                        "layer.1.attention.value.down",
                        "layer.1.attention.value.up");
        Sharing third = Given.group("lora", Map.of("first_layer", 3), "a").part();
        assertThatThrownBy(() -> third.check(bert.backbone(), List.of("a")))
                .isInstanceOf(InputException.class)
                .hasMessage("first_layer is 3, but the backbone has 2 layers");
    }

    @Test
    void twoThatLeaveOutAKnobOrGiveItsDefaultAreOne() {
        Map<String, PartSpec> specs = Map.of(
                "a", new PartSpec("lora", Map.of()), "b", new PartSpec("lora", Map.of("init", "uniform", "rank", 8)));
        assertThat(SharingGroup.of(specs)).hasSize(1);
    }

    private static float[] down(Pretrained bert, Map<String, Object> knobs) {
        Sharing lora = Given.group("lora", knobs, "a").part();
        return lora.own(new Start(bert.backbone(), Weights.empty(), List.of("a")), "a", new SplittableRandom(3))
                .get("layer.0.ffn.out.down")
                .floats();
    }

    private static double deviation(float[] values) {
        double squares = 0;
        for (float value : values) squares += value * value;
        return Math.sqrt(squares / values.length);
    }
}
