package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.model.Inputs;
import dev.polymath.model.Sites;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SkillsTest {
    private static final String PREFIX = "sharing.skills.";
    private static final Map<String, Object> KNOBS =
            Map.of("skills", Map.of("a", List.of("pair", "meaning"), "b", "pair", "c", List.of("general")), "rank", 0);

    private final Passed fresh = Passed.fresh("bert", "skills", KNOBS);

    @Test
    void theOutputsOfATasksSkillsAreAveraged() {
        int width = fresh.pretrained().backbone().width();
        float[] six = new float[width];
        Arrays.fill(six, 6);
        String bias = PREFIX + "shared.layer.1.skill.pair.out.bias";
        assertThat(fresh.weights().has(bias)).isTrue();
        float[] before = block(fresh.weights());
        float[] after = block(fresh.weights().with(new Weights(Map.of(bias, Array.of(six)))));
        // The block of the skill "pair" gives 6 more: one of three skills, one of two, none.
        for (int i = 0; i < after.length; i++) {
            double more = i < 2 * width ? 2 : i < 4 * width ? 3 : 0;
            assertThat((double) after[i] - before[i]).isCloseTo(more, within(1e-5));
        }
    }

    @Test
    void whatATaskActivatesIsDeclaredAndNotLearned() {
        assertThat(fresh.group().own(fresh.weights(), "a").get(Skills.ACTIVE).floats())
                .as("general, meaning, pair")
                .containsExactly(1f / 3, 1f / 3, 1f / 3);
        assertThat(fresh.group().own(fresh.weights(), "b").get(Skills.ACTIVE).floats())
                .containsExactly(0.5f, 0, 0.5f);
        assertThat(fresh.group().own(fresh.weights(), "c").get(Skills.ACTIVE).floats())
                .containsExactly(1, 0, 0);
        assertThat(fresh.weights().names().stream()
                        .filter(name -> Stage.NEVER.equals(fresh.group().learned(name))))
                .containsExactly(PREFIX + "own.active");
    }

    @Test
    void aTaskByItselfHasItsSkillsAlone() {
        Passed random = fresh.random(2, 0.3);
        SharingGroup.Alone alone = random.group().alone(fresh.pretrained().backbone(), random.weights(), "b");
        assertThat(alone.group().shared(alone.weights()).names())
                .isNotEmpty()
                .noneMatch(name -> name.contains("meaning"))
                .anyMatch(name -> name.contains("skill.pair."))
                .anyMatch(name -> name.contains("skill.general."));
    }

    @Test
    void aTaskThatIsNotDeclaredIsNamed() {
        Sharing part = SharingParts.of(new PartSpec("skills", Map.of("skills", Map.of("nlii", List.of("pair")))));
        assertThatThrownBy(() -> part.check(fresh.pretrained().backbone(), List.of("nli")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'nli'")
                .hasMessageContaining("did you mean 'nlii'?");
        assertThatThrownBy(
                        () -> SharingParts.of(new PartSpec("skills", Map.of())).check(null, List.of("nli")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("skills: {nli: [meaning, pair]}");
        assertThatThrownBy(() -> SharingParts.of(new PartSpec("skills", Map.of("skills", Map.of("nli", 3)))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("a mapping from names of tasks to lists of texts");
    }

    /** What comes instead of the upper block where a row of each task reads the same two tokens. */
    private float[] block(Weights weights) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                Sites<T> sites = fresh.group().sites(fresh.pretrained().backbone(), in.get(2));
                sites.prompt(ops, new Inputs<>(null, in.get(1), null), null);
                return sites.instead(ops, "layer.1.ffn", in.get(0));
            }
        };
        int width = fresh.pretrained().backbone().width();
        Array one = Initial.normal(1, new SplittableRandom(4), 2, width);
        Array input = Array.stack(List.of(one, one, one));
        Array mask = Array.of(new long[] {1, 1, 1, 1, 1, 1}, 3, 2);
        return OnnxEval.eval(program, weights, List.of(input, mask, Array.of(new long[] {0, 1, 2})))
                .floats();
    }
}
