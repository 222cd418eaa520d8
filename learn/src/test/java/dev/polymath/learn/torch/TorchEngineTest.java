package dev.polymath.learn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.project.PartSpec;
import dev.polymath.project.SharingSpec;
import dev.polymath.run.Engine;
import dev.polymath.run.Input;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Polymath;
import dev.polymath.run.Precision;
import dev.polymath.run.Prediction;
import dev.polymath.run.Question;
import dev.polymath.run.TinyModel;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both engines answer alike, on a model whose tasks share in several ways: as the backbone is, by own weights in all layers, and
 * above the first layer alone.
 */
class TorchEngineTest {
    private static final PartSpec LORA = new PartSpec("lora", Map.of("rank", 4, "first_layer", 2));
    private static final SharingSpec SHARING = new SharingSpec(
            new PartSpec("hard", Map.of()),
            Map.of(
                    "topics",
                    new PartSpec("covariance-alignment", Map.of()),
                    "stars",
                    LORA,
                    "entities",
                    LORA,
                    "nli",
                    LORA,
                    "closeness",
                    new PartSpec("adapter", Map.of())));

    @TempDir
    static Path parent;

    private static Path folder;
    private static Polymath onnx;
    private static Polymath torch;

    @BeforeAll
    static void open() {
        folder = parent.resolve("model");
        ModelFolder.write(folder, TinyModel.contents(SHARING, new SplittableRandom(2)));
        Polymath.Settings settings = new Polymath.Settings(1, 64);
        onnx = Polymath.open(folder, settings.with(Engine.Kind.ONNX));
        torch = Polymath.open(folder, settings.with(Engine.Kind.TORCH));
    }

    @AfterAll
    static void close() {
        onnx.close();
        torch.close();
    }

    @Test
    void outputsOfEveryTaskAreTheSame() {
        for (Task task : onnx.tasks()) {
            List<Example> rows = new ArrayList<>();
            for (Input each : inputs(true)) rows.add(new Example(each.text(), each.text2(), null, 0));
            List<float[]> expected = onnx.outputs(task, rows);
            List<float[]> actual = torch.outputs(torch.folder().task(task.name()), rows);
            for (int i = 0; i < rows.size(); i++) {
                assertThat(actual.get(i)).as(task.name()).containsExactly(expected.get(i), within(1e-4f));
            }
        }
    }

    @Test
    void questionsThatAskEachForTasksOfTheirOwnAreAnsweredTheSame() {
        List<List<String>> asked = List.of(
                List.of("stars", "entities"), List.of("intent", "entities"), List.of(), List.of("topics", "stars"));
        List<Question> questions = new ArrayList<>();
        for (Input input : inputs(false)) questions.add(new Question(input, asked.get(questions.size() % 4), true));
        List<Prediction> expected = onnx.predict(questions);
        List<Prediction> actual = torch.predict(questions);
        for (int i = 0; i < questions.size(); i++) {
            Map<String, float[]> raw = expected.get(i).raw();
            assertThat(actual.get(i).raw().keySet()).isEqualTo(raw.keySet());
            for (String task : raw.keySet()) {
                assertThat(actual.get(i).raw().get(task)).as(task).containsExactly(raw.get(task), within(1e-4f));
            }
        }
    }

    @Test
    void hiddenStatesAreTheSame() {
        for (String name : List.of("intent", "topics", "stars")) {
            List<String> texts = List.of("where is my refund", "a", "it came late, and was not what I wanted");
            List<float[]> expected = onnx.states(onnx.folder().task(name), texts);
            List<float[]> actual = torch.states(torch.folder().task(name), texts);
            for (int i = 0; i < texts.size(); i++) {
                assertThat(actual.get(i)).as(name).containsExactly(expected.get(i), within(1e-4f));
            }
        }
    }

    @Test
    void whatItCannotComputeInIsRefusedWithWhatItCan() {
        Polymath.Settings settings = Polymath.Settings.DEFAULT.with(Engine.Kind.TORCH);
        assertThatThrownBy(() -> Polymath.open(folder, settings.with(Precision.INT8)))
                .isInstanceOf(InputException.class)
                .hasMessage("the engine 'torch' computes no int8; take the engine 'onnx' for it, or another precision:"
                        + " auto, fp32, bf16");
        if (Precisions.hasBf16() || Device.current() == Device.CUDA) return;
        assertThatThrownBy(() -> Polymath.open(folder, settings.with(Precision.BF16)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no instructions for bf16");
    }

    /** Slow where there are no instructions for it, yet right. */
    @Test
    void bf16ComesCloseToF32() {
        List<Example> rows = List.of(new Example("where is my refund", null, null, 0));
        Task task = onnx.folder().task("intent");
        ModelFolder opened = ModelFolder.open(folder);
        float[] expected = onnx.outputs(task, rows).get(0);
        try (TorchEngine engine = new TorchEngine(opened, ScalarType.BFloat16)) {
            Engine.Span span = new Engine.Span(task, 0, 0, 1);
            Encoding encoding = onnx.tokenizer().encode("where is my refund", null, 64);
            float[] actual = new float[expected.length];
            engine.run(
                    engine.routes().of("intent"),
                    List.of(encoding),
                    0,
                    List.of(span),
                    (same, values, row, token) -> values.get(actual));
            assertThat(actual).containsExactly(expected, within(0.1f));
            assertThat(actual).isNotEqualTo(expected);
        }
    }

    @Test
    void aModelThatIsClosedKeepsNoTensors() {
        torch.predict("hello");
        long before = Pointer.totalBytes();
        long count = Pointer.totalCount();
        for (int i = 0; i < 3; i++) {
            try (Polymath model = Polymath.open(folder, Polymath.Settings.DEFAULT.with(Engine.Kind.TORCH))) {
                model.predict("where is my refund");
            }
        }
        assertThat(Pointer.totalCount()).isLessThanOrEqualTo(count);
        assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(before);
    }

    private static List<Input> inputs(boolean pairs) {
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            String text = "where is my refund ".repeat(1 + i * 7 % 5) + i;
            inputs.add(new Input(text, pairs || i % 3 == 0 ? "it is lost" : null));
        }
        return inputs;
    }
}
