package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.model.Backbone;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdapterFusionTest {
    private static final String SITE = "layer.0.ffn.out";
    private static final Learning FIRST = new Learning(0.49, 1);
    private static final Learning SECOND = new Learning(0.5, 1);

    private final Backbone backbone = Given.backbone(2, 1);
    private final Array h = Array.of(new float[] {1, 2, 3, 4}, 2, 1, 2);

    @Test
    void fusionOfOneAdapterIsThatAdapter() {
        SharingGroup one = Given.group("adapter-fusion", Map.of(), "a");
        Weights random = Given.normal(one.initial(backbone, Weights.empty(), new SplittableRandom(1)), 1, 2);
        Weights weights = random.with(new Weights(Map.of(one.ownPrefix() + SITE + ".value", Array.zeros(1, 2, 2))));
        float[] adapter = Given.at(one, backbone, weights, FIRST, SITE, h, 0, 0);
        assertThat(adapter).isNotEqualTo(h.floats());
        assertThat(Given.at(one, backbone, weights, SECOND, SITE, h, 0, 0)).containsExactly(adapter, within(1e-5f));
        assertThat(Given.at(one, backbone, weights, null, SITE, h, 0, 0)).containsExactly(adapter, within(1e-5f));
        assertThat(Given.at(one, backbone, random, null, SITE, h, 0, 0))
                .as("with another value matrix")
                .isNotEqualTo(adapter);
    }

    @Test
    void eachTaskAttendsToAllAdaptersByItsQueriesAndKeys() {
        SharingGroup two = Given.group("adapter-fusion", Map.of("keys", 1L), "a", "b");
        Weights weights = Given.weights(
                two,
                backbone,
                Map.of(
                        // The adapters give (10, 20) and (30, 50).
                        SITE + ".up_bias", new float[] {10, 20, 30, 50},
                        // Task a's queries are zero; task b asks for what is small in its first place.
                        SITE + ".query", new float[] {0, 0, 1, 0},
                        SITE + ".key", new float[] {1, 0, -1, 0},
                        // Task b doubles what it attends to and swaps its places.
                        SITE + ".value", new float[] {0, 0, 0, 0, -1, 2, 2, -1}));
        float[] fused = Given.at(two, backbone, weights, null, SITE, h, 0, 1);
        assertThat(fused).containsExactly(new float[] {1 + 20, 2 + 35, 3 + 40, 4 + 20}, within(1e-3f));
        float[] alone = Given.at(two, backbone, weights, FIRST, SITE, h, 0, 1);
        assertThat(alone).containsExactly(new float[] {1 + 10, 2 + 20, 3 + 30, 4 + 50}, within(1e-3f));
    }

    @Test
    void aFreshOneChangesNothing() {
        SharingGroup two = Given.group("adapter-fusion", Map.of(), "a", "b");
        Weights fresh = Given.weights(two, backbone, Map.of());
        assertThat(Given.at(two, backbone, fresh, null, SITE, h, 0, 1)).containsExactly(h.floats());
        assertThat(Given.at(two, backbone, fresh, FIRST, SITE, h, 0, 1)).containsExactly(h.floats());
        assertThat(Given.at(two, backbone, fresh, null, "layer.0.ffn.in", h, 0, 1))
                .containsExactly(h.floats());
    }

    @Test
    void adaptersAreLearnedFirstAndThenTheirFusion() {
        SharingGroup group = Given.group("adapter-fusion", Map.of("stage", 0.25), "a", "b");
        for (String weight : group.initial(backbone, Weights.empty(), new SplittableRandom(1))
                .names()) {
            boolean fuses = weight.matches(".*\\.(query|key|value)");
            assertThat(group.learned(weight)).isEqualTo(fuses ? new Stage(0.25, 1) : new Stage(0, 0.25));
        }
        assertThat(group.part().joins()).isFalse();
    }
}
