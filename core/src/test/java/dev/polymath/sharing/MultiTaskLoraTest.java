package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.model.Fixture;
import dev.polymath.model.Pretrained;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MultiTaskLoraTest {
    private final Pretrained bert = Given.pretrained(new Fixture("bert"));
    private final List<Array> texts = Given.texts(bert);

    @Test
    void withOneUpProjectionAndTheIdentityItIsLora() {
        SharingGroup plain = Given.group("lora", Map.of("rank", 3, "alpha", 5), "a");
        SharingGroup multi = Given.group("mtl-lora", Map.of("rank", 3, "alpha", 5, "ups", 1), "a");
        Weights factors = Given.normal(plain, bert, 0.3);
        Weights weights = multi.initial(bert.backbone(), bert.weights(), new SplittableRandom(2))
                .with(shared(plain, multi, factors));
        assertThat(Given.states(bert, multi, weights, texts, 0, 0, 0, 0, 0))
                .containsExactly(Given.states(bert, plain, factors, texts, 0, 0, 0, 0, 0), within(1e-5f));
    }

    /** Lora's factors {@code [1, in, rank]} and {@code [1, rank, out]} as a shared one, and a list of one. */
    private static Weights shared(SharingGroup plain, SharingGroup multi, Weights factors) {
        Map<String, Array> shared = new LinkedHashMap<>();
        factors.asMap().forEach((name, stack) -> {
            String weight = name.substring(plain.ownPrefix().length());
            shared.put(multi.sharedPrefix() + weight, weight.endsWith(".up") ? stack : stack.row(0));
        });
        return new Weights(shared);
    }

    @Test
    void aTaskMixesUpProjectionsByTheSoftmaxOfItsWeights() {
        // softmax([0.5 ln 3, 0] / 0.5) = [3/4, 1/4]
        SharingGroup two = Given.group("mtl-lora", Map.of("rank", 2, "ups", 2, "temperature", 0.5), "a");
        SharingGroup one = Given.group("mtl-lora", Map.of("rank", 2, "ups", 1), "a");
        Weights mixed = Given.normal(two, bert, 0.3);
        Map<String, Array> changed = new LinkedHashMap<>(mixed.asMap());
        Map<String, Array> single = new LinkedHashMap<>();
        mixed.asMap().forEach((name, array) -> {
            Array alone = array;
            if (name.endsWith(".mix")) {
                changed.put(name, Array.of(new float[] {(float) (0.5 * Math.log(3)), 0}, 1, 2));
                alone = Array.zeros(1, 1);
            } else if (name.endsWith(".up")) {
                alone = Array.stack(List.of(Array.combination(List.of(array.row(0), array.row(1)), 0.75, 0.25)));
            }
            single.put(name, alone);
        });
        assertThat(Given.states(bert, two, new Weights(changed), texts, 0, 0, 0, 0, 0))
                .containsExactly(Given.states(bert, one, new Weights(single), texts, 0, 0, 0, 0, 0), within(1e-5f));
    }

    @Test
    void aTasksTransformStandsBetweenTheFactors() {
        // (down T) up is a low-rank update whose way into the waist is down T, here with T = I + D = [[1, 2], [0, 1]].
        SharingGroup multi = Given.group("mtl-lora", Map.of("rank", 2, "ups", 1), "a");
        Weights weights = Given.normal(multi, bert, 0.3);
        Map<String, Array> turned = new LinkedHashMap<>(weights.asMap());
        Map<String, Array> product = new LinkedHashMap<>(weights.asMap());
        weights.asMap().forEach((name, array) -> {
            if (name.endsWith(".transform")) {
                turned.put(name, Array.of(new float[] {0, 2, 0, 0}, 1, 2, 2));
                product.put(name, Array.zeros(1, 2, 2));
            } else if (name.endsWith(".down")) {
                float[] down = array.floats();
                for (int i = 0; i < down.length; i += 2) down[i + 1] += 2 * down[i];
                product.put(name, Array.of(down, array.shape()));
            }
        });
        assertThat(Given.states(bert, multi, new Weights(turned), texts, 0, 0, 0, 0, 0))
                .containsExactly(Given.states(bert, multi, new Weights(product), texts, 0, 0, 0, 0, 0), within(1e-5f));
    }

    @Test
    void aNewTaskHasOnlyItsTransformsAndItsMixture() {
        SharingGroup group = Given.group("mtl-lora", Map.of("rank", 8, "ups", 3), "a");
        Weights fresh = group.initial(bert.backbone(), bert.weights(), new SplittableRandom(2));
        // queries and values of two layers
        assertThat(group.own(fresh, "a").parameters()).isEqualTo(4 * (8 * 8 + 3));
        assertThat(group.shared(fresh).parameters()).isEqualTo(4 * (32 * 8 + 3 * 8 * 32));
    }
}
