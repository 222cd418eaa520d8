package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.polymath.model.Minilm;
import dev.polymath.task.Cosine;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built-in backbone in int8, beside itself in floats. */
class MinilmInt8Test {
    private static final int WIDTH = 384;
    private static final List<String> TEXTS = List.of(
            "Where is my refund? I have been waiting for three weeks now.",
            "Thanks!",
            "The parcel was left in the rain, and the coat in it is ruined.",
            "A man is playing a guitar on the stage.",
            "Could you please change the delivery address of order 4711 to Oslo?",
            "Shares fell by 3 % on Monday after the company cut its outlook for the year.");

    @TempDir
    static Path parent;

    private static Tokenizer tokenizer;
    private static OrtSession floats;
    private static OrtSession integers;

    @BeforeAll
    static void quantise() throws Exception {
        Path folder = parent.resolve("model");
        List<Task> tasks = List.of(TinyModel.classify("task", false, "a", "b"));
        Weights weights = Minilm.weights().with(tasks.get(0).initial(WIDTH, new SplittableRandom(1)));
        ModelFolder.write(
                folder,
                new ModelFolder.Contents(
                        "minilm",
                        Minilm.config(),
                        weights,
                        Minilm.tokenizer(),
                        tasks,
                        TinyModel.groups(tasks),
                        TinyModel.EQUAL,
                        128,
                        JsonNodeFactory.instance.objectNode()));
        Quantization none = new Quantization(1, Map.of(), List.of(), List.of(), 0);
        ModelFolderWriter.quantize(folder, ModelFolder.open(folder), Set.of(), none);
        tokenizer = new Tokenizer(Minilm.tokenizer());
        floats = OrtEnvironment.getEnvironment().createSession(folder.resolve("onnx/trunk.onnx") + "");
        integers = OrtEnvironment.getEnvironment().createSession(folder.resolve("onnx/trunk.int8.onnx") + "");
    }

    @AfterAll
    static void close() throws Exception {
        tokenizer.close();
        floats.close();
        integers.close();
    }

    @Test
    void embeddingsPointWhereThoseInFloatsDo() throws Exception {
        float[][] expected = embedded(floats, TEXTS);
        float[][] actual = embedded(integers, TEXTS);
        double sum = 0;
        for (int i = 0; i < TEXTS.size(); i++) {
            double cosine = Cosine.of(expected[i], actual[i]);
            // 0.996 and more, but for a text of one word: 0.967.
            assertThat(cosine).as(TEXTS.get(i)).isGreaterThan(0.96);
            sum += cosine;
        }
        assertThat(sum / TEXTS.size()).isGreaterThan(0.99);
    }

    @Test
    void aTextsStatesDoNotDependOnTheOthersOfItsBatch() throws Exception {
        float[][] together = embedded(integers, TEXTS);
        for (int i = 0; i < TEXTS.size(); i++) {
            float[] alone = embedded(integers, List.of(TEXTS.get(i)))[0];
            assertThat(alone).as(TEXTS.get(i)).containsExactly(together[i], offset(1e-6f));
        }
    }

    /** The mean over the tokens of each text's states. */
    private static float[][] embedded(OrtSession session, List<String> texts) throws Exception {
        List<Encoding> encodings =
                texts.stream().map(text -> tokenizer.encode(text, null, 128)).toList();
        TokenBatch batch = TokenBatch.of(encodings, tokenizer.padId());
        try (OnnxTensor ids = tensor(batch.ids());
                OnnxTensor mask = tensor(batch.mask());
                OnnxTensor types = tensor(batch.types());
                OrtSession.Result result =
                        session.run(Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types))) {
            float[][][] states = (float[][][]) result.get(0).getValue();
            float[][] means = new float[texts.size()][WIDTH];
            for (int row = 0; row < means.length; row++) {
                int length = encodings.get(row).length();
                for (int token = 0; token < length; token++) {
                    for (int i = 0; i < WIDTH; i++) means[row][i] += states[row][token][i] / length;
                }
            }
            return means;
        }
    }

    private static OnnxTensor tensor(Array array) throws Exception {
        return OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), array.data().asLongBuffer(), array.shape());
    }
}
