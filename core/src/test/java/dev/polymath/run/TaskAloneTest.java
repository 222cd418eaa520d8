package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.model.Backbones;
import dev.polymath.project.PartSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One task out of a model whose tasks use experts of their own choice. */
class TaskAloneTest {
    private static final List<Example> ROWS =
            List.of(new Example("where is my refund", null, null, 0), new Example("to Paris, slowly", null, null, 1));

    @TempDir
    Path parent;

    @Test
    void itAnswersAsAmongTheOthersWithoutTheirExperts() throws Exception {
        write();
        ModelFolder whole = ModelFolder.open(parent.resolve("whole"));
        ModelFolder.write(parent.resolve("stars"), whole.alone("stars", "stars"));
        ModelFolder alone = ModelFolder.open(parent.resolve("stars"));
        alone.verify();
        assertThat(alone.tasks()).extracting(Task::name).containsExactly("stars");
        assertThat(alone.weights().names()).noneMatch(name -> name.startsWith("heads.intent."));
        Path experts = Path.of("onnx", "task-moe.safetensors");
        long all = Files.size(parent.resolve("whole").resolve(experts));
        long own = Files.size(parent.resolve("stars").resolve(experts));
        assertThat(own).isLessThan(all / 3);
        try (Polymath one = Polymath.open(parent.resolve("stars"));
                Polymath many = Polymath.open(parent.resolve("whole"))) {
            List<float[]> expected = many.outputs(whole.task("stars"), ROWS);
            List<float[]> actual = one.outputs(alone.task("stars"), ROWS);
            for (int i = 0; i < ROWS.size(); i++) {
                assertThat(actual.get(i)).containsExactly(expected.get(i), within(1e-6f));
            }
        }
        assertThatThrownBy(() -> whole.alone("star", "star"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("did you mean 'stars'?");
    }

    private void write() {
        ModelFolder.Contents hard = TinyModel.contents(1);
        Map<String, PartSpec> parts = new LinkedHashMap<>();
        for (Task task : hard.tasks()) parts.put(task.name(), new PartSpec("task-moe", Map.of("top", 2)));
        List<SharingGroup> groups = SharingGroup.of(parts);
        SplittableRandom random = new SplittableRandom(4);
        Weights fresh = groups.get(0).initial(Backbones.of(hard.config(), 0), hard.weights(), random);
        ModelFolder.Contents contents = new ModelFolder.Contents(
                hard.name(),
                hard.config(),
                hard.weights().with(fresh.map(array -> normal(array, random))),
                hard.tokenizer(),
                hard.tasks(),
                groups,
                hard.balance(),
                hard.maxTokens(),
                hard.report());
        ModelFolder.write(parent.resolve("whole"), contents);
    }

    private static Array normal(Array like, SplittableRandom random) {
        float[] values = new float[like.size()];
        for (int i = 0; i < values.length; i++) values[i] = (float) (0.3 * random.nextGaussian());
        return Array.of(values, like.shape());
    }
}
