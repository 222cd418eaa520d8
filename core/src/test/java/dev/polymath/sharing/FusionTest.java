package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.model.Backbone;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FusionTest {
    private static final String END = "layer.0";

    private final Backbone backbone = Given.backbone(2, 1);

    /** Two rows of one token: the first is task a's and the second task b's. */
    private final Array y = Array.of(new float[] {1, 2, 3, 4}, 2, 1, 2);

    /** The bottlenecks give (10, 20) for task a and (30, 40) for task b, whatever they read. */
    private static final float[] ADDED = {10, 20, 30, 40};

    @Test
    void theLinearFormSumsAllFeaturesByTheTasksShares() {
        SharingGroup group = Given.group("fusion", Map.of("rank", 0L), "a", "b");
        float[] shares = {1, 0.5f, 2, 0, /* task b */ 0, 1, 1, 1};
        Weights weights = Given.weights(group, backbone, Map.of(END + ".up_bias", ADDED, END + ".share", shares));
        // Features of row 0: (11, 22) and (31, 42); of row 1: (13, 24) and (33, 44).
        assertThat(at(group, weights)).containsExactly(new float[] {11 + 62, 11, 33, 24 + 44}, within(1e-4f));
    }

    @Test
    void theMatrixBesideTheDiagonalsReadsTheConcatenatedFeatures() {
        SharingGroup group = Given.group("fusion", Map.of("rank", 1L), "a", "b");
        float[] down = {1, 0, 0, 2, /* task b */ 0, 0, 0, 0};
        float[] up = {1, -1, 5, 5};
        Weights weights = Given.weights(
                group,
                backbone,
                Map.of(
                        END + ".up_bias",
                        ADDED,
                        END + ".share",
                        new float[8],
                        END + ".mix.down",
                        down,
                        END + ".mix.up",
                        up));
        // Row 0: 1 * 11 + 2 * 42 = 95.
        assertThat(at(group, weights)).containsExactly(new float[] {95, -95, 0, 0}, within(1e-3f));
    }

    @Test
    void theGatedFormAddsToTheOwnFeaturesAllByTheGate() {
        SharingGroup group = Given.group("fusion", Map.of("form", "gated"), "a", "b");
        // Task a's gate is open to both alike; at task b's token (3, 4) the logits are 0 and 30.
        float[] gates = {0, 0, 0, 0, /* task b */ 0, 10, 0, 0};
        Weights weights = Given.weights(group, backbone, Map.of(END + ".up_bias", ADDED, END + ".gate", gates));
        assertThat(at(group, weights))
                .containsExactly(new float[] {1 + 10 + 20, 2 + 20 + 30, 3 + 30 + 30, 4 + 40 + 40}, within(1e-4f));
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "gated"})
    void aFreshOneChangesNothingWhateverTheNumberOfTasks(String form) {
        for (String[] tasks : new String[][] {{"a"}, {"a", "b"}, {"a", "b", "c", "d"}}) {
            SharingGroup group = Given.group("fusion", Map.of("form", form), tasks);
            Weights fresh = Given.weights(group, backbone, Map.of());
            long last = tasks.length - 1;
            assertThat(Given.at(group, backbone, fresh, null, END, y, 0, last))
                    .containsExactly(y.floats(), within(1e-6f));
        }
    }

    @Test
    void theOwnShareIsTheLargestAsLearningBegins() {
        SharingGroup group = Given.group("fusion", Map.of(), "a", "b", "c");
        Weights fresh = Given.weights(group, backbone, Map.of());
        float[] ofB = group.own(fresh, "b").get(END + ".share").floats();
        assertThat(ofB).containsExactly(new float[] {0.05f, 0.05f, 0.9f, 0.9f, 0.05f, 0.05f}, within(1e-6f));
        assertThat(group.part().joins()).isFalse();
    }

    private float[] at(SharingGroup group, Weights weights) {
        return Given.at(group, backbone, weights, null, END, y, 0, 1);
    }
}
