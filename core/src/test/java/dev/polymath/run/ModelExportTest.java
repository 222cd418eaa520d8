package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.model.Pretrained;
import dev.polymath.project.PartSpec;
import dev.polymath.project.SharingSpec;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.weights.Array;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelExportTest {
    @TempDir
    Path parent;

    private final SplittableRandom random = new SplittableRandom(5);
    private Path folder;

    @BeforeEach
    void write() {
        folder = parent.resolve("model");
        SharingSpec sharing = new SharingSpec(
                new PartSpec("hard", Map.of()),
                Map.of(
                        "stars", new PartSpec("lora", Map.of("rank", 4, "first_layer", 2)),
                        "nli", new PartSpec("task-moe", Map.of("experts", 2, "top", 1, "balance", 0)),
                        "topics", new PartSpec("prompt", Map.of("tokens", 3))));
        ModelFolder.write(folder, TinyModel.contents(sharing, random));
    }

    @Test
    void eachTasksGraphGivesWhatTheModelGives() throws OrtException {
        Path out = parent.resolve("onnx");
        ModelExport.onnx(ModelFolder.open(folder), out);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (Polymath model = Polymath.open(folder)) {
            for (Task task : model.tasks()) {
                Example row = new Example("where is my refund", task.pairs() ? "it is lost" : null, null, 0);
                Encoding encoding = model.tokenizer().encode(row.text(), row.text2(), 64);
                TokenBatch batch = TokenBatch.of(
                        List.of(encoding, encoding), model.tokenizer().padId());
                try (OrtSession session = environment.createSession(
                                out.resolve(task.name() + ".onnx").toString());
                        OnnxTensor ids = tensor(environment, batch.ids());
                        OnnxTensor mask = tensor(environment, batch.mask());
                        OnnxTensor types = tensor(environment, batch.types());
                        OrtSession.Result result = session.run(
                                Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types))) {
                    float[] both = new float
                            [((OnnxTensor) result.get(0)).getFloatBuffer().remaining()];
                    ((OnnxTensor) result.get(0)).getFloatBuffer().get(both);
                    float[] own = model.outputs(task, List.of(row)).get(0);
                    assertThat(both).as(task.name()).hasSize(2 * own.length);
                    for (int i = 0; i < own.length; i++) {
                        assertThat(both[i]).as(task.name()).isCloseTo(own[i], within(1e-5f));
                        assertThat(both[own.length + i]).as(task.name()).isCloseTo(own[i], within(1e-5f));
                    }
                }
            }
        }
        assertThat(out.resolve("intent.json")).content().contains("refund", "\"max_tokens\" : 64");
        assertThat(out.resolve("topics.json")).content().contains("\"max_tokens\" : 61");
    }

    @Test
    void theFolderForTransformersIsABackboneWithItsAdapters() throws IOException {
        Path out = parent.resolve("hf");
        ModelExport.huggingFace(ModelFolder.open(folder), out);
        Pretrained opened = Pretrained.open(out.toString(), 0);
        assertThat(opened.weights().names()).isNotEmpty();
        assertThat(Files.isSymbolicLink(out.resolve("model.safetensors"))).isFalse();
        assertThat(out.resolve("adapters/stars/adapter_config.json")).content().contains("LORA");
        assertThat(out.resolve("polymath.json")).doesNotExist();
    }

    @Test
    void whatIsInTheWayIsLeftAlone() throws IOException {
        Path out = Files.createDirectories(parent.resolve("there"));
        Files.writeString(out.resolve("mine.txt"), "mine");
        assertThatThrownBy(() -> ModelExport.onnx(ModelFolder.open(folder), out))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is there already");
        assertThat(out.resolve("mine.txt")).hasContent("mine");
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Array array) throws OrtException {
        return OnnxTensor.createTensor(environment, array.data().asLongBuffer(), array.shape());
    }
}
