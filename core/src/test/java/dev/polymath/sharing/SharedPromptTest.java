package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.model.Fixture;
import dev.polymath.model.Pretrained;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SharedPromptTest {
    private static final int WIDTH = 32;

    private final Pretrained bert = Pretrained.open(new Fixture("bert").folder().toString(), 0);
    private final SharingGroup group =
            new SharingGroup("shared-prompt", new PartSpec("shared-prompt", Map.of("tokens", 2)), List.of("a", "b"));
    private final Weights fresh = group.initial(bert.backbone(), bert.weights(), new SplittableRandom(1));

    @Test
    void everyTaskBeginsWithTheSharedPrompt() {
        float[] shared = fresh.get(group.sharedPrefix() + SharedPrompt.PROMPT).floats();
        float[] prompts = prompts(fresh, 0, 1);
        assertThat(prompts).hasSize(2 * shared.length).startsWith(shared).endsWith(shared);
    }

    @Test
    void aTaskMultipliesItByItsMatrixOfRankOne() {
        float[] prompt = new float[2 * WIDTH];
        float[] byToken = {1, 1, /* task b */ 2, -1};
        float[] byComponent = new float[2 * WIDTH];
        for (int i = 0; i < prompt.length; i++) prompt[i] = i + 1;
        for (int i = 0; i < WIDTH; i++) byComponent[WIDTH + i] = i % 2 == 0 ? 3 : 0.5f;
        Map<String, Array> arrays = new HashMap<>(fresh.asMap());
        arrays.put(group.sharedPrefix() + SharedPrompt.PROMPT, Array.of(prompt, 2, WIDTH));
        arrays.put(group.ownPrefix() + SharedPrompt.BY_TOKEN, Array.of(byToken, 2, 2));
        arrays.put(group.ownPrefix() + SharedPrompt.BY_COMPONENT, Array.of(byComponent, 2, WIDTH));
        float[] prompts = prompts(new Weights(arrays), 1);
        // Token 0 is (1, 2, ...) and token 1 (33, 34, ...); 2 * 3 = 6, 2 * 0.5 = 1, -1 * 3 = -3, -1 * 0.5 = -0.5.
        assertThat(List.of(prompts[0], prompts[1], prompts[2])).containsExactly(6f, 2f, 18f);
        assertThat(List.of(prompts[WIDTH], prompts[WIDTH + 1])).containsExactly(-99f, -17f);
    }

    /** A task costs the sum of a prompt's sides and not their product. */
    @Test
    void aTaskHasANumberForEachTokenAndForEachComponent() {
        assertThat(group.own(fresh, "a").parameters()).isEqualTo(2 + WIDTH);
        assertThat(group.shared(fresh).parameters()).isEqualTo(2 * WIDTH);
    }

    private float[] prompts(Weights weights, long... taskOfRow) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                return group.sites(bert.backbone(), in.get(0))
                        .prompt(ops, null, null)
                        .embeddings();
            }
        };
        return OnnxEval.eval(program, weights, List.of(Array.of(taskOfRow))).floats();
    }
}
