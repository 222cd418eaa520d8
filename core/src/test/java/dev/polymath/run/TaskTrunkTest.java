package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.data.Example;
import dev.polymath.model.Backbone;
import dev.polymath.model.Backbones;
import dev.polymath.model.Hidden;
import dev.polymath.model.Inputs;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.project.PartSpec;
import dev.polymath.project.SharingSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.sharing.TrainedPart;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model in which some tasks use the backbone as it is, and others have weights of their own in it, some above the first
 * layer alone.
 */
class TaskTrunkTest {
    private static final PartSpec ALIGNMENT = new PartSpec("covariance-alignment", Map.of());
    private static final PartSpec LORA = new PartSpec("lora", Map.of("rank", 4, "first_layer", 2));
    private static final PartSpec WIDER =
            new PartSpec("lora", Map.of("rank", 5, "sites", List.of("ffn.in", "ffn.out")));
    private static final SharingSpec SHARING = new SharingSpec(
            new PartSpec("hard", Map.of()),
            Map.of("topics", ALIGNMENT, "stars", LORA, "entities", LORA, "nli", LORA, "closeness", WIDER));

    @TempDir
    static Path parent;

    private static Weights weights;
    private static Polymath model;

    @BeforeAll
    static void open() {
        ModelFolder.Contents contents = TinyModel.contents(SHARING, new SplittableRandom(2));
        weights = contents.weights();
        ModelFolder.write(parent.resolve("model"), contents);
        model = Polymath.open(parent.resolve("model"), new Polymath.Settings(1, 64));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void theFolderKnowsItOnceItIsOpenedAgain() {
        ModelFolder opened = ModelFolder.open(parent.resolve("model"));
        opened.verify();
        assertThat(opened.groups().stream().map(SharingGroup::name))
                .containsExactly("hard", "covariance-alignment", "lora", "lora-2");
        assertThat(opened.groups().stream().map(opened::byTask)).containsExactly(false, true, true, true);
        assertThat(opened.groups().get(2).tasks()).containsExactly("stars", "entities", "nli");
        assertThat(opened.groups().stream().map(SharingGroup::forks)).containsExactly(false, false, true, false);
        assertThat(parent.resolve("model/onnx/below.lora.onnx")).isRegularFile();
        assertThat(parent.resolve("model/onnx/below.lora-2.onnx")).doesNotExist();
        assertThat(opened.weights()).isEqualTo(weights);
    }

    @Test
    void aLoraTasksFolderIsOneOfPeft() throws IOException {
        Path adapter = parent.resolve("model/adapters/closeness");
        SharingGroup group = model.folder().group(model.folder().task("closeness"));
        TrainedPart part = PeftAdapter.open(adapter, model.folder().backbone());
        assertThat(part.own()).isEqualTo(group.own(weights, "closeness"));
        assertThat(part.spec().knobs())
                .isEqualTo(Map.of("rank", 5, "alpha", 16.0, "dropout", 0.0, "sites", List.of("ffn.in", "ffn.out")));
        assertThat(Files.readString(adapter.resolve("adapter_config.json")))
                .contains("\"LORA\"")
                .doesNotContain("polymath");
    }

    @Test
    void eachTaskHasTheOutputsOfItsOwnTrunkAndHeadInOnePiece() {
        for (Task task : model.tasks()) {
            Example row = new Example("where is my refund", task.pairs() ? "it is lost" : null, null, 0);
            float[] actual = model.outputs(task, List.of(row)).get(0);
            SharingGroup group = model.folder().group(task);
            int position = group.tasks().indexOf(task.name());
            assertThat(actual).containsExactly(whole(task, group, position, row), within(1e-5f));
            for (int other = 0; other < group.tasks().size(); other++) {
                if (other != position && model.folder().byTask(group))
                    assertThat(actual).isNotEqualTo(whole(task, group, other, row));
            }
        }
    }

    @Test
    void oneCallForManyTextsAndTasksGivesWhatEachGivesAlone() {
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            inputs.add(new Input("where is my refund ".repeat(1 + i * 7 % 5) + i, i % 3 == 0 ? "it is lost" : null));
        }
        List<String> asked = List.of("stars", "intent", "entities", "topics");
        List<Prediction> all = model.predict(inputs, List.of());
        List<Prediction> some = model.predict(inputs, asked);
        for (int i = 0; i < inputs.size(); i++) {
            assertThat(all.get(i).answers()).hasSize(inputs.get(i).text2() == null ? 4 : 6);
            assertThat(some.get(i).answers().keySet()).containsExactlyElementsOf(asked);
            for (String task : all.get(i).answers().keySet()) {
                Prediction alone = model.predict(inputs.get(i), task);
                assertSame(all.get(i), alone, task);
                if (asked.contains(task)) assertSame(some.get(i), alone, task);
            }
        }
    }

    @Test
    void questionsThatAskEachForTasksOfTheirOwnShareACall() {
        List<Question> questions = new ArrayList<>();
        List<List<String>> asked = List.of(
                List.of("stars"), List.of("intent", "entities"), List.of(), List.of("topics"), List.of("entities"));
        for (int i = 0; i < 25; i++) {
            Input input = Input.of("where is my refund ".repeat(1 + i * 7 % 5) + i);
            questions.add(new Question(input, asked.get(i % asked.size())));
        }
        List<Prediction> answered = model.predict(questions);
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            int tasks = question.tasks().isEmpty() ? 4 : question.tasks().size();
            assertThat(answered.get(i).answers()).hasSize(tasks);
            for (String task : answered.get(i).answers().keySet()) {
                assertSame(answered.get(i), model.predict(question.input(), task), task);
            }
        }
    }

    private static void assertSame(Prediction several, Prediction alone, String task) {
        List<Double> actual = numbers(several, task);
        List<Double> expected = numbers(alone, task);
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) assertThat(actual.get(i)).isCloseTo(expected.get(i), within(1e-5));
    }

    private static List<Double> numbers(Prediction prediction, String task) {
        List<Double> numbers = new ArrayList<>();
        for (String key : List.of("scores", "value", "score", "start", "end")) {
            prediction.json().get("tasks").get(task).findValues(key).forEach(value -> {
                if (value.isNumber()) numbers.add(value.doubleValue());
                value.forEach(each -> numbers.add(each.doubleValue()));
            });
        }
        return numbers;
    }

    private static float[] whole(Task task, SharingGroup group, int position, Example row) {
        Encoding encoding;
        try (Tokenizer tokenizer = new Tokenizer(model.folder().tokenizer())) {
            encoding = tokenizer.encode(row.text(), row.text2(), 64);
        }
        TokenBatch batch = TokenBatch.of(List.of(encoding), 0);
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                Inputs<T> inputs = new Inputs<>(in.get(0), in.get(1), in.get(2));
                Backbone backbone = Backbones.of(TinyModel.config(), 0);
                Hidden<T> hidden = backbone.hidden(ops, inputs, group.sites(backbone, in.get(3)));
                return task.head(ops, hidden);
            }
        };
        Array taskOfRow = Array.of(new long[] {position}, 1);
        return OnnxEval.eval(
                        program, model.folder().weights(), List.of(batch.ids(), batch.mask(), batch.types(), taskOfRow))
                .floats();
    }
}
