package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.model.Fixture;
import dev.polymath.model.Pretrained;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every sharing part that there is. */
class EverySharingPartTest {
    private static final long[] TASKS = {2, 0, 2, 1, 0};

    private final Pretrained bert = Given.pretrained(new Fixture("bert"));
    private final List<Array> texts = Given.texts(bert);

    /** What parts are given that cannot be without. */
    private static final Map<String, Map<String, Object>> KNOBS =
            Map.of("skills", Map.of("skills", Map.of("a", List.of("x"), "b", List.of("y"), "c", List.of("x", "z"))));

    /** Each part, and other forms of some. */
    static Stream<PartSpec> parts() {
        return Stream.concat(
                SharingParts.CATALOGUE.parts().stream()
                        .map(part -> new PartSpec(part.name(), KNOBS.getOrDefault(part.name(), Map.of()))),
                Stream.of(
                        new PartSpec("hierarchy", Map.of("layers", Map.of("b", 1L))),
                        new PartSpec("fusion", Map.of("form", "gated")),
                        new PartSpec("fusion", Map.of("rank", 0L)),
                        new PartSpec("branch", Map.of("rank", 0L)),
                        new PartSpec("adapter", Map.of("placement", "pfeiffer")),
                        new PartSpec("adapter", Map.of("first_layer", 2L)),
                        new PartSpec("lora", Map.of("first_layer", 2L)),
                        new PartSpec("moe", Map.of("gate", "ahead", "every", 1L)),
                        new PartSpec("task-moe", Map.of("rank", 0L, "top", 1L)),
                        new PartSpec("adapter-fusion", Map.of("value", false))));
    }

    @ParameterizedTest
    @MethodSource("parts")
    void aMixedBatchGivesWhatItsRowsGiveTaskByTask(PartSpec part) {
        SharingGroup group = Given.group(part.type(), part.knobs(), "a", "b", "c");
        Weights weights = Given.normal(group, bert, 0.2);
        float[] mixed = Given.states(bert, group, weights, texts, TASKS);
        for (int task = 0; task < 3; task++) {
            int position = task;
            List<Integer> rows = IntStream.range(0, TASKS.length)
                    .filter(row -> TASKS[row] == position)
                    .boxed()
                    .toList();
            long[] same = rows.stream().mapToLong(row -> position).toArray();
            float[] alone = Given.states(bert, group, weights, Given.rows(texts, rows), same);
            for (int i = 0; i < rows.size(); i++) {
                assertThat(Given.row(mixed, rows.get(i), TASKS.length))
                        .as("row %d of task %d", rows.get(i), task)
                        .containsExactly(Given.row(alone, i, rows.size()), within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hard", "covariance-alignment", "lora", "mtl-lora", "adapter", "hyper"})
    void aFreshOneChangesNothing(String part) {
        SharingGroup group = Given.group(part, Map.of(), "a", "b", "c");
        Weights fresh = group.initial(bert.backbone(), bert.weights(), new SplittableRandom(1));
        assertThat(Given.states(bert, group, fresh, texts, TASKS))
                .containsExactly(Given.plain(bert, texts), within(1e-6f));
    }

    @ParameterizedTest
    @ValueSource(strings = {"covariance-alignment", "lora", "mtl-lora", "adapter", "hyper"})
    void aRowHasItsTasksWeights(String part) {
        SharingGroup group = Given.group(part, Map.of(), "a", "b");
        Weights weights = Given.normal(group, bert, 0.2);
        float[] first = Given.states(bert, group, weights, texts, 0, 0, 0, 0, 0);
        float[] second = Given.states(bert, group, weights, texts, 1, 1, 1, 1, 1);
        float[] mixed = Given.states(bert, group, weights, texts, 0, 1, 1, 0, 1);
        assertThat(Given.row(mixed, 0, 5)).containsExactly(Given.row(first, 0, 5), within(1e-5f));
        assertThat(Given.row(mixed, 1, 5)).containsExactly(Given.row(second, 1, 5), within(1e-5f));
        assertThat(largest(Given.row(mixed, 1, 5), Given.row(first, 1, 5))).isGreaterThan(0.01f);
    }

    private static float largest(float[] a, float[] b) {
        float largest = 0;
        for (int i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
        return largest;
    }
}
