package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.model.Fixture;
import dev.polymath.model.Inputs;
import dev.polymath.model.Pretrained;
import dev.polymath.model.Sites;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
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

    @Test
    void inTheFirstStageARowHasItsTasksTeacher() {
        float[] teachers = fresh.get(group.ownPrefix() + SharedPrompt.TEACHER).floats();
        assertThat(prompts(fresh, new Learning(0.39, 1), 0, 1)).containsExactly(teachers);
        assertThat(prompts(fresh, 0, 1)).isNotEqualTo(teachers);
        assertThat(Arrays.copyOf(teachers, 2 * WIDTH)).isNotEqualTo(Arrays.copyOfRange(teachers, 2 * WIDTH, 4 * WIDTH));
    }

    @Test
    void teachersAreLearnedFirstAndThenTheRest() {
        assertThat(group.learned(group.ownPrefix() + SharedPrompt.TEACHER)).isEqualTo(new Stage(0, 0.4));
        assertThat(group.learned(group.ownPrefix() + SharedPrompt.BY_TOKEN)).isEqualTo(new Stage(0.4, 1));
        assertThat(group.learned(group.sharedPrefix() + SharedPrompt.PROMPT)).isEqualTo(new Stage(0.4, 1));
    }

    @Test
    void thePenaltyIsTheMeanSquaredDistanceOfTheTextsStatesToThoseUnderTheTeachers() {
        Weights weights = Given.normal(group, bert, 0.5);
        List<Array> texts = Given.texts(bert);
        long[] tasks = {0, 1, 0, 1, 1};
        SharingGroup alone = Given.group("prompt", Map.of("tokens", 2), "a", "b");
        Weights teachers = new Weights(
                Map.of(alone.ownPrefix() + TaskPrompt.WEIGHT, weights.get(group.ownPrefix() + SharedPrompt.TEACHER)));
        float[] taught = Given.states(bert, alone, teachers, texts, tasks);
        float[] composed = Given.states(bert, group, weights, texts, tasks);
        long[] mask = texts.get(1).longs();
        double sum = 0;
        int tokens = 0;
        for (int token = 0; token < mask.length; token++) {
            if (mask[token] == 0) continue;
            tokens++;
            for (int i = token * WIDTH; i < (token + 1) * WIDTH; i++) {
                sum += Math.pow(composed[i] - taught[i], 2) / WIDTH;
            }
        }
        assertThat(tokens).isLessThan(mask.length);
        double expected = 0.9 * sum / tokens;
        assertThat(expected).isGreaterThan(0.01);
        assertThat(penalty(group, weights, new Learning(0.4, 1), texts, tasks))
                .isCloseTo((float) expected, within(1e-5f));
        assertThat(penalty(group, weights, new Learning(0.3, 1), texts, tasks)).isNaN();
        assertThat(penalty(group, weights, null, texts, tasks)).isNaN();
    }

    @Test
    void withoutTeachersThereIsNothingOfThem() {
        SharingGroup plain = Given.group("shared-prompt", Map.of("tokens", 2, "teachers", 0), "a", "b");
        Weights weights = plain.initial(bert.backbone(), bert.weights(), new SplittableRandom(1));
        assertThat(weights.names()).noneMatch(name -> name.endsWith(SharedPrompt.TEACHER));
        for (String name : weights.names()) {
            assertThat(plain.learned(name)).isEqualTo(Stage.ALWAYS);
            assertThat(weights.get(name)).isEqualTo(fresh.get(name));
        }
        assertThat(penalty(plain, weights, new Learning(0.5, 1), Given.texts(bert), 0, 1, 0, 1, 1))
                .isNaN();
    }

    /** NaN where there is none. */
    private float penalty(SharingGroup of, Weights weights, Learning learning, List<Array> texts, long... taskOfRow) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                Sites<T> sites = of.sites(bert.backbone(), in.get(3), learning);
                bert.backbone().hidden(ops, new Inputs<>(in.get(0), in.get(1), in.get(2)), sites);
                T penalty = sites.penalty(ops);
                return penalty == null ? ops.constant(Array.scalar(Float.NaN)) : penalty;
            }
        };
        List<Array> inputs = new ArrayList<>(texts);
        inputs.add(Array.of(taskOfRow));
        return OnnxEval.eval(program, bert.weights().with(weights), inputs).floats()[0];
    }

    private float[] prompts(Weights weights, long... taskOfRow) {
        return prompts(weights, null, taskOfRow);
    }

    private float[] prompts(Weights weights, Learning learning, long... taskOfRow) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                return group.sites(bert.backbone(), in.get(0), learning)
                        .prompt(ops, null, null)
                        .embeddings();
            }
        };
        return OnnxEval.eval(program, weights, List.of(Array.of(taskOfRow))).floats();
    }
}
