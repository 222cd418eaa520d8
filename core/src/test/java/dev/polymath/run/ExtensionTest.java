package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.project.PartSpec;
import dev.polymath.project.SharingSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that come to a model and go again, and the answers of the others through the served path. */
class ExtensionTest {
    private static final int TEXTS = 5000;
    private static final PartSpec LORA = new PartSpec("lora", Map.of("rank", 4, "first_layer", 2));
    private static final PartSpec HARD = new PartSpec("hard", Map.of());
    private static final long SEED = Long.getLong("polymath.seed", System.nanoTime());

    @TempDir
    static Path parent;

    private static Path base;
    private static List<Example> texts;
    private static Map<String, List<float[]>> before;

    @BeforeAll
    static void write() {
        System.out.println("randomised tests with -Dpolymath.seed=" + SEED);
        base = parent.resolve("base");
        SharingSpec sharing = new SharingSpec(
                HARD, Map.of("stars", LORA, "entities", LORA, "nli", new PartSpec("covariance-alignment", Map.of())));
        SplittableRandom random = new SplittableRandom(SEED);
        ModelFolder.write(base, TinyModel.contents(sharing, random));
        texts = new ArrayList<>();
        for (int i = 0; i < TEXTS; i++) texts.add(new Example(text(random), text(random), null, i));
        before = outputs(base);
    }

    @Test
    void oldTasksAnswerAsBeforeToTheLastBitWhateverComesAndGoes() {
        Path one = parent.resolve("one");
        extend(base, one, Map.of("first", LORA));
        assertSame(outputs(one));

        Map<String, PartSpec> fifty = new LinkedHashMap<>();
        for (int i = 0; i < 50; i++) {
            List<PartSpec> parts = List.of(LORA, HARD, new PartSpec("lora", Map.of("rank", 2)));
            fifty.put("more" + i, parts.get(i % parts.size()));
        }
        Path many = parent.resolve("many");
        extend(one, many, fifty);
        ModelFolder extended = ModelFolder.open(many);
        extended.verify();
        assertThat(extended.tasks()).hasSize(57);
        assertThat(extended.groups().stream().map(SharingGroup::name))
                .containsExactly("hard", "lora", "covariance-alignment", "lora-2");
        assertSame(outputs(many));

        ModelDifference difference = ModelDifference.of(ModelFolder.open(base), extended);
        assertThat(difference.same()).containsExactlyElementsOf(before.keySet());
        assertThat(difference.added()).hasSize(51).contains("first", "more49");
        assertThat(difference.changed()).isEmpty();

        Path fewer = parent.resolve("fewer");
        List<String> gone = new ArrayList<>(fifty.keySet());
        gone.add("stars");
        extended.remove(fewer, gone);
        ModelFolder left = ModelFolder.open(fewer);
        left.verify();
        assertThat(left.tasks()).hasSize(6);
        Map<String, List<float[]>> after = outputs(fewer);
        assertThat(after).doesNotContainKey("stars").containsKey("first");
        assertSame(after);
        assertThat(Files.exists(fewer.resolve("adapters/stars"))).isFalse();
        assertThat(left.report().get("tasks").has("more1")).isFalse();
    }

    @Test
    void theSameCallForOldAndNewTasksTogetherGivesTheOldOnesTheirAnswers() {
        Path one = parent.resolve("together");
        extend(base, one, Map.of("first", LORA, "second", LORA));
        try (Polymath old = Polymath.open(base);
                Polymath extended = Polymath.open(one)) {
            Prediction expected = old.predict(Input.of("where is my refund"), "intent", "stars");
            Prediction actual = extended.predict(Input.of("where is my refund"), "first", "intent", "second", "stars");
            assertThat(actual.answers().get("intent"))
                    .isEqualTo(expected.answers().get("intent"));
            assertThat(actual.answers().get("stars").toString()).isNotEmpty();
        }
    }

    @Test
    void whatIsUnchangedIsNotWrittenAgain() throws IOException {
        Path one = parent.resolve("links");
        extend(base, one, Map.of("first", LORA));
        for (String file :
                List.of("onnx/model.safetensors", "onnx/trunk.onnx", "onnx/trunk.lora.onnx", "tokenizer.json")) {
            assertThat(Files.getAttribute(one.resolve(file), "unix:ino"))
                    .isEqualTo(Files.getAttribute(base.resolve(file), "unix:ino"));
        }
        try (Stream<Path> files = Files.walk(one)) {
            assertThat(files.map(Path::toString)).noneMatch(file -> file.endsWith("trunk.lora-2.onnx"));
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        ModelFolder model = ModelFolder.open(base);
        Path out = parent.resolve("refused");
        assertThatThrownBy(() -> extend(base, out, Map.of("intent", LORA)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("a task 'intent' already");
        assertThatThrownBy(() -> model.remove(out, List.of("intnet")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("did you mean 'intent'?");
        assertThatThrownBy(() -> model.remove(out, before.keySet()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no task would be left");
        assertThat(out).doesNotExist();
    }

    private static void extend(Path from, Path to, Map<String, PartSpec> specs) {
        ModelFolder model = ModelFolder.open(from);
        SplittableRandom random = new SplittableRandom(SEED + specs.size());
        List<Task> tasks = new ArrayList<>();
        Weights weights = Weights.empty();
        for (String name : specs.keySet()) {
            Task task = TinyModel.classify(name, false, "yes", "no");
            tasks.add(task);
            weights = weights.with(random(task.initial(model.backbone().width(), random), random));
        }
        List<SharingGroup> groups = SharingGroup.coming(model.groups(), specs);
        for (SharingGroup group : groups) {
            weights = weights.with(random(group.initial(model.backbone(), model.weights(), random), random));
        }
        model.extend(
                to,
                new ModelFolder.Extension(
                        tasks,
                        groups,
                        weights,
                        JsonNodeFactory.instance.objectNode().set("tasks", JsonNodeFactory.instance.objectNode())));
    }

    private static Map<String, List<float[]>> outputs(Path folder) {
        Map<String, List<float[]>> outputs = new LinkedHashMap<>();
        try (Polymath model = Polymath.open(folder)) {
            for (Task task : model.tasks()) {
                if (before == null
                        || before.containsKey(task.name())
                        || task.name().equals("first")) outputs.put(task.name(), model.outputs(task, texts));
            }
        }
        return outputs;
    }

    private static void assertSame(Map<String, List<float[]>> after) {
        before.forEach((task, outputs) -> {
            if (!after.containsKey(task)) return;
            for (int i = 0; i < TEXTS; i++) assertThat(after.get(task).get(i)).isEqualTo(outputs.get(i));
        });
    }

    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int words = 1 + random.nextInt(12); words > 0; words--) {
            for (int letters = 1 + random.nextInt(7); letters > 0; letters--) {
                text.append((char) ('a' + random.nextInt(26)));
            }
            text.append(' ');
        }
        return text.toString();
    }

    private static Weights random(Weights like, SplittableRandom random) {
        return like.map(array -> {
            float[] values = new float[array.size()];
            for (int i = 0; i < values.length; i++) values[i] = (float) (0.3 * random.nextGaussian());
            return Array.of(values, array.shape());
        });
    }
}
