package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.data.Example;
import dev.polymath.model.Backbones;
import dev.polymath.project.PartSpec;
import dev.polymath.project.SharingSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that reads 64 tokens, in which two tasks have a prompt of 40 before their texts and one a longer text. */
class PromptedModelTest {
    /** Beside these, there are two special tokens. */
    private static final int WORDS = 62;

    private static final int WORDS_WITH_PROMPT = 22;

    @TempDir
    static Path parent;

    private static Polymath model;

    @BeforeAll
    static void open() {
        ModelFolder.Contents hard = TinyModel.contents(1);
        PartSpec prompt = new PartSpec("prompt", Map.of("tokens", 40));
        SharingSpec sharing =
                new SharingSpec(new PartSpec("hard", Map.of()), Map.of("stars", prompt, "entities", prompt));
        List<SharingGroup> groups =
                SharingGroup.of(sharing.of(hard.tasks().stream().map(Task::name).toList()));
        Weights weights = hard.weights();
        for (SharingGroup group : groups) {
            weights = weights.with(
                    group.initial(Backbones.of(hard.config(), 0), hard.weights(), new SplittableRandom(2)));
        }
        ModelFolder.write(
                parent.resolve("model"),
                new ModelFolder.Contents(
                        hard.name(),
                        hard.config(),
                        weights,
                        hard.tokenizer(),
                        hard.tasks(),
                        groups,
                        hard.balance(),
                        hard.maxTokens(),
                        hard.report()));
        model = Polymath.open(parent.resolve("model"), new Polymath.Settings(1, 256));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void aTextThatThePromptLeavesNoRoomForIsCut() {
        assertThat(outputs("stars", 300)).containsExactly(outputs("stars", WORDS_WITH_PROMPT), within(1e-6f));
        assertThat(outputs("stars", 300)).isNotEqualTo(outputs("stars", WORDS_WITH_PROMPT - 1));
    }

    @Test
    void otherTasksReadAsMuchAsEver() {
        assertThat(outputs("intent", 300)).containsExactly(outputs("intent", WORDS), within(1e-6f));
        assertThat(outputs("intent", 300)).isNotEqualTo(outputs("intent", WORDS - 1));
    }

    @Test
    void aTaskOnTokensHasAnOutputForEachTokenOfTheText() {
        int perToken = outputs("entities", 1).length / 3;
        assertThat(outputs("entities", 7)).hasSize(9 * perToken);
        assertThat(outputs("entities", 300)).hasSize((WORDS_WITH_PROMPT + 2) * perToken);
    }

    @Test
    void oneCallForAllTasksGivesWhatEachGivesAlone() {
        List<Input> inputs = List.of(Input.of(text(300)), Input.of(text(3)), Input.of(text(30)));
        List<Prediction> all = model.predict(inputs, List.of());
        for (int i = 0; i < inputs.size(); i++) {
            for (String task : List.of("intent", "stars", "entities")) {
                Prediction alone = model.predict(inputs.get(i), task);
                assertThat(all.get(i).json().at("/tasks/" + task + "/label"))
                        .isEqualTo(alone.json().at("/tasks/" + task + "/label"));
                assertThat(all.get(i).json().at("/tasks/" + task + "/value").asDouble())
                        .isCloseTo(alone.json().at("/tasks/" + task + "/value").asDouble(), within(1e-5));
            }
        }
    }

    private static float[] outputs(String task, int words) {
        return model.outputs(model.folder().task(task), List.of(new Example(text(words), null, null, 0)))
                .get(0);
    }

    private static String text(int words) {
        return "water price "
                .repeat((words + 1) / 2)
                .substring(0, words / 2 * 12 + words % 2 * 6)
                .strip();
    }
}
