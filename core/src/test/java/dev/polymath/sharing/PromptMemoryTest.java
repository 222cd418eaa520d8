package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.model.Fixture;
import dev.polymath.model.Inputs;
import dev.polymath.model.Pretrained;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A memory of two prompts of one token; one own token. */
class PromptMemoryTest {
    private static final int WIDTH = 32;

    private final Pretrained bert = Pretrained.open(new Fixture("bert").folder().toString(), 0);

    /** The first key points along component 0 and the second along component 1; the prompts are of ones and of threes. */
    private final float[] keys = new float[2 * WIDTH];

    private final float[] words = new float[2 * 3 * WIDTH];

    PromptMemoryTest() {
        keys[0] = 5;
        keys[WIDTH + 1] = 0.1f;
        // Row 0 has the words 4 e0 and 6 e1, whose mean is of direction (2, 3) / sqrt(13).
        words[0] = 4;
        words[WIDTH + 1] = 6;
        // Row 1 has one word 2 e1; its padding would turn it to e0.
        words[3 * WIDTH + 1] = 2;
        words[4 * WIDTH] = 100;
        // The third word of row 0 is padding too.
        words[2 * WIDTH] = 100;
    }

    @Test
    void promptsCountByTheCosineOfTheirKeyWithTheMeanWord() {
        float[] prompts = prompts(1);
        double near = 1 / (1 + Math.exp((2 - 3) / Math.sqrt(13)));
        assertThat(prompts[WIDTH]).isCloseTo((float) (1 * (1 - near) + 3 * near), within(1e-5f));
        double alone = 1 / (1 + Math.exp(-1));
        assertThat(prompts[3 * WIDTH]).isCloseTo((float) (1 * (1 - alone) + 3 * alone), within(1e-5f));
    }

    @Test
    void theNearestAloneRemainsAtALowTemperature() {
        float[] prompts = prompts(0.001);
        assertThat(Arrays.copyOfRange(prompts, WIDTH, 2 * WIDTH)).containsOnly(3);
        assertThat(Arrays.copyOfRange(prompts, 3 * WIDTH, 4 * WIDTH)).containsOnly(3);
    }

    @Test
    void theTasksOwnTokensStandBeforeThose() {
        float[] prompts = prompts(1);
        assertThat(Arrays.copyOfRange(prompts, 0, WIDTH)).containsOnly(8);
        assertThat(Arrays.copyOfRange(prompts, 2 * WIDTH, 3 * WIDTH)).containsOnly(7);
    }

    private float[] prompts(double temperature) {
        Map<String, Object> knobs = Map.of("tokens", 1, "retrieved", 1, "memory", 2, "temperature", temperature);
        SharingGroup group = new SharingGroup("memory", new PartSpec("prompt-memory", knobs), List.of("a", "b"));
        Weights fresh = group.initial(bert.backbone(), bert.weights(), new SplittableRandom(1));
        Map<String, Array> arrays = new HashMap<>(fresh.asMap());
        arrays.put(group.sharedPrefix() + PromptMemory.KEYS, Array.of(keys, 2, WIDTH));
        arrays.put(group.sharedPrefix() + PromptMemory.PROMPTS, filled(1, 3).reshaped(2, 1, WIDTH));
        arrays.put(group.ownPrefix() + PromptMemory.OWN, filled(7, 8).reshaped(2, 1, WIDTH));
        assertThat(arrays).hasSameSizeAs(fresh.asMap());
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                Inputs<T> inputs = new Inputs<>(null, in.get(1), null);
                return group.sites(bert.backbone(), in.get(2))
                        .prompt(ops, inputs, in.get(0))
                        .embeddings();
            }
        };
        Array mask = Array.of(new long[] {1, 1, 0, 1, 0, 0}, 2, 3);
        Array taskOfRow = Array.of(new long[] {1, 0});
        return OnnxEval.eval(program, new Weights(arrays), List.of(Array.of(words, 2, 3, WIDTH), mask, taskOfRow))
                .floats();
    }

    private static Array filled(float first, float second) {
        float[] values = new float[2 * WIDTH];
        Arrays.fill(values, 0, WIDTH, first);
        Arrays.fill(values, WIDTH, 2 * WIDTH, second);
        return Array.of(values);
    }
}
