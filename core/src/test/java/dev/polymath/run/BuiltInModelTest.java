package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import dev.polymath.InputException;
import dev.polymath.model.Minilm;
import dev.polymath.task.Answer;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The built-in model against the published graph. */
class BuiltInModelTest {
    private static final List<String> TEXTS = List.of("A man is eating food.", "Hello", "", "Where is my refund? 🙂");

    @Test
    void vectorsAreTheMeansOfThePublishedGraphsStatesAtLengthOne() throws Exception {
        try (Polymath model = opened(Precision.FP32)) {
            List<Prediction> together =
                    model.predict(TEXTS.stream().map(Input::of).toList(), List.of("embed"));
            for (int i = 0; i < TEXTS.size(); i++) {
                float[] vector = vector(together.get(i));
                assertThat(vector).containsExactly(published(model, TEXTS.get(i)), within(2e-5f));
                assertThat(vector).containsExactly(vector(model.predict(TEXTS.get(i))), within(1e-5f));
            }
        }
    }

    @Test
    void aTextThatIsTooLongSaysThatItWasCut() {
        try (Polymath model = Polymath.open(Path.of("minilm"))) {
            Prediction cut = model.predict("longer ".repeat(600));
            assertThat(cut.truncated()).isTrue();
            assertThat(cut.tokens()).isEqualTo(256);
            assertThat(cut.json().get("truncated").asBoolean()).isTrue();
            Prediction whole = model.predict("short");
            assertThat(whole.truncated()).isFalse();
            assertThat(whole.tokens()).isEqualTo(3);
            assertThat(whole.json().has("truncated")).isFalse();
            assertThat(whole.json().at("/tasks/embed/vector")).hasSize(384);
        }
    }

    @Test
    void aTextThatIsTooLongIsReadWholeInWindowsWhereThatIsAskedFor() {
        String story = "The harbour was quiet and the boats lay still. ".repeat(80);
        Input ending = Input.of(story + "Then the volcano behind the town erupted.");
        try (Polymath model = Polymath.open(Path.of("minilm"))) {
            List<Prediction> predictions = model.predict(
                    List.of(ending, ending.inWindows(), Input.of("short").inWindows()), List.of());
            Prediction cut = predictions.get(0);
            Prediction whole = predictions.get(1);
            assertThat(whole.truncated()).isFalse();
            assertThat(whole.tokens()).isGreaterThan(800);
            float[] volcano = vector(model.predict("A volcano erupted."));
            assertThat(product(vector(whole), volcano)).isGreaterThan(product(vector(cut), volcano));
            assertThat(product(vector(whole), vector(whole))).isCloseTo(1, within(1e-5f));
            assertThat(vector(predictions.get(2))).containsExactly(vector(model.predict("short")), within(1e-5f));
        }
    }

    private static float product(float[] a, float[] b) {
        float sum = 0;
        for (int i = 0; i < a.length; i++) sum += a[i] * b[i];
        return sum;
    }

    @Test
    void anotherNameThatIsNoFolderIsRefused() {
        assertThatThrownBy(() -> ModelFolder.open(Path.of("minilm2")))
                .isInstanceOf(InputException.class)
                .hasMessage("there is no model folder minilm2; a model is a folder, or minilm, the built-in one");
    }

    private static Polymath opened(Precision precision) {
        return Polymath.open(Path.of("minilm"), Polymath.Settings.DEFAULT.with(precision));
    }

    private static float[] vector(Prediction prediction) {
        return ((Answer.Vector) prediction.answers().get("embed")).values();
    }

    private static float[] published(Polymath model, String text) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (InputStream in = Minilm.class.getResourceAsStream("/all-minilm-l6-v2.onnx");
                OrtSession session = environment.createSession(in.readAllBytes());
                var tokenizer = new dev.polymath.text.Tokenizer(model.folder().tokenizer())) {
            int[] ids = tokenizer.encode(text, null, 256).ids();
            long[][] row = {
                LongStream.range(0, ids.length).map(i -> ids[(int) i]).toArray()
            };
            long[][] ones = {LongStream.range(0, ids.length).map(i -> 1).toArray()};
            try (OnnxTensor id = OnnxTensor.createTensor(environment, row);
                    OnnxTensor mask = OnnxTensor.createTensor(environment, ones);
                    OnnxTensor types = OnnxTensor.createTensor(environment, new long[1][ids.length]);
                    OrtSession.Result result =
                            session.run(Map.of("input_ids", id, "attention_mask", mask, "token_type_ids", types))) {
                float[][] states = ((float[][][]) result.get(0).getValue())[0];
                double[] sum = new double[states[0].length];
                for (float[] state : states) for (int i = 0; i < sum.length; i++) sum[i] += state[i];
                double length = 0;
                for (double value : sum) length += value * value;
                float[] vector = new float[sum.length];
                for (int i = 0; i < sum.length; i++) vector[i] = (float) (sum[i] / Math.sqrt(length));
                return vector;
            }
        }
    }
}
