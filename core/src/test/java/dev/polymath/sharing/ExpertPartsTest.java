package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.model.Fixture;
import dev.polymath.model.Pretrained;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What all parts have in common that put experts in the place of feed-forward blocks. */
class ExpertPartsTest {
    private static final List<String> TEXTS =
            List.of("where is my refund", "to Paris", "the train is slow again today", "a film", "to Paris");

    private static final Map<String, Object> SKILLS =
            Map.of("a", List.of("meaning", "pair"), "b", List.of(), "c", List.of("pair"));

    static Stream<Arguments> parts() {
        return Stream.of("bert", "modernbert")
                .flatMap(fixture -> Stream.of(
                        Arguments.of(fixture, new PartSpec("moe", Map.of())),
                        Arguments.of(fixture, new PartSpec("moe", Map.of("every", 1, "gate", "ahead", "rank", 0))),
                        Arguments.of(fixture, new PartSpec("task-moe", Map.of("every", 1))),
                        Arguments.of(fixture, new PartSpec("task-moe", Map.of("top", 1, "rank", 0))),
                        Arguments.of(fixture, new PartSpec("skills", Map.of("skills", SKILLS))),
                        Arguments.of(fixture, new PartSpec("skills", Map.of("skills", SKILLS, "rank", 0)))));
    }

    @ParameterizedTest
    @MethodSource("parts")
    void aFreshPartGivesWhatTheBackboneGives(String fixture, PartSpec part) {
        Pretrained pretrained = Pretrained.open(new Fixture(fixture).folder().toString(), 0);
        SharingGroup hard = new SharingGroup("hard", new PartSpec("hard", Map.of()), List.of("a", "b", "c"));
        List<float[]> plain = new Passed(pretrained, hard, pretrained.weights()).states(TEXTS, 0, 1, 2, 0, 1);
        List<float[]> fresh = Passed.fresh(fixture, part.type(), part.knobs()).states(TEXTS, 0, 1, 2, 0, 1);
        for (int i = 0; i < plain.size(); i++) assertThat(fresh.get(i)).containsExactly(plain.get(i), within(1e-5f));
    }

    @ParameterizedTest
    @MethodSource("parts")
    void rowsOfSeveralTasksHaveInOneBatchWhatEachHasAlone(String fixture, PartSpec part) {
        Passed random = Passed.fresh(fixture, part.type(), part.knobs()).random(7, 0.3);
        long[] tasks = {2, 0, 1, 0, 2};
        List<float[]> together = random.states(TEXTS, tasks);
        for (int i = 0; i < tasks.length; i++) {
            float[] alone = random.states(List.of(TEXTS.get(i)), tasks[i]).get(0);
            assertThat(together.get(i)).containsExactly(alone, within(1e-5f));
        }
        assertThat(together.get(1)).as("another task").isNotEqualTo(together.get(4));
    }

    @ParameterizedTest
    @MethodSource("parts")
    void aTaskByItselfGivesWhatItGivesAmongTheOthers(String fixture, PartSpec part) {
        Passed all = Passed.fresh(fixture, part.type(), part.knobs()).random(11, 0.1);
        for (int task = 0; task < 3; task++) {
            String name = all.group().tasks().get(task);
            SharingGroup.Alone alone = all.group().alone(all.pretrained().backbone(), all.weights(), name);
            assertThat(alone.group().tasks()).containsExactly(name);
            Weights weights = alone.weights();
            List<float[]> states = new Passed(all.pretrained(), alone.group(), weights).states(TEXTS, 0, 0, 0, 0, 0);
            List<float[]> expected = all.states(TEXTS, task, task, task, task, task);
            for (int i = 0; i < states.size(); i++) {
                float[] row = expected.get(i);
                for (int at = 0; at < row.length; at++) {
                    assertThat(states.get(i)[at]).isCloseTo(row[at], within(1e-6f * (1 + Math.abs(row[at]))));
                }
            }
        }
    }
}
