package dev.polymath.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.text.TokenBatch;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainedTest {
    private static final Fixture BERT = new Fixture("bert");

    @TempDir
    Path folder;

    @Test
    void theBuiltInBackboneGivesWhatItsPublishedGraphGives() throws Exception {
        Pretrained minilm = Pretrained.open("minilm", 0);
        assertThat(minilm.name()).isEqualTo("minilm");
        TokenBatch batch;
        try (Tokenizer tokenizer = new Tokenizer(minilm.tokenizer())) {
            batch = TokenBatch.of(
                    List.of(
                            tokenizer.encode("Where is my refund? I sent the parcel back last week.", null, 512),
                            tokenizer.encode("Hello 👍", null, 512)),
                    tokenizer.padId());
        }
        float[] ours = OnnxEval.eval(
                        new LastLayer(minilm.backbone()),
                        minilm.weights(),
                        List.of(batch.ids(), batch.mask(), batch.types()))
                .floats();
        float[][][] theirs = published(batch);
        long[] mask = batch.mask().longs();
        int width = minilm.backbone().width();
        for (int i = 0; i < ours.length; i++) {
            int token = i / width;
            if (mask[token] == 0) continue;
            float expected = theirs[token / batch.tokens()][token % batch.tokens()][i % width];
            assertThat((double) ours[i] - expected).isBetween(-1e-4, 1e-4);
        }
    }

    private static float[][][] published(TokenBatch batch) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (InputStream in = Minilm.class.getResourceAsStream("/all-minilm-l6-v2.onnx");
                OrtSession session = environment.createSession(in.readAllBytes())) {
            Map<String, OnnxTensor> feed = new HashMap<>();
            feed.put("input_ids", tensor(environment, batch.ids()));
            feed.put("attention_mask", tensor(environment, batch.mask()));
            feed.put("token_type_ids", tensor(environment, batch.types()));
            try (OrtSession.Result result = session.run(feed)) {
                return (float[][][]) result.get(0).getValue();
            } finally {
                feed.values().forEach(OnnxTensor::close);
            }
        }
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Array array) throws Exception {
        return OnnxTensor.createTensor(environment, array.data().asLongBuffer(), array.shape());
    }

    @Test
    void weightsAreFoundBehindThePrefixOfACheckpointWithAHeadAndUnderTheirOldestNames() throws IOException {
        Weights plain = write(weights -> {
            Map<String, Array> named = new LinkedHashMap<>();
            weights.asMap()
                    .forEach((name, array) -> named.put(
                            "bert."
                                    + name.replace("LayerNorm.weight", "LayerNorm.gamma")
                                            .replace("LayerNorm.bias", "LayerNorm.beta"),
                            array));
            named.put("classifier.weight", Array.zeros(3, 32));
            return new Weights(named);
        });
        Pretrained opened = Pretrained.open(folder.toString(), 0);
        assertThat(opened.name()).isEqualTo(folder.getFileName().toString());
        assertThat(opened.weights().names())
                .containsExactlyInAnyOrderElementsOf(opened.backbone().shapes().keySet())
                .doesNotContain("pooler.dense.weight");
        for (String name : opened.weights().names()) {
            assertThat(opened.weights().get(name)).isEqualTo(plain.get(name));
        }
    }

    @Test
    void everyArchitectureIsReadBehindThePrefixOfItsModelsWithHeads() throws IOException {
        Map<String, String> prefixes = Map.of(
                "bert", "bert.",
                "roberta", "roberta.",
                "xlm-roberta", "roberta.",
                "distilbert", "distilbert.",
                "mpnet", "mpnet.",
                "modernbert", "model.");
        for (Fixture fixture : Fixture.all()) {
            write(fixture, weights -> {
                Map<String, Array> named = new LinkedHashMap<>();
                weights.asMap().forEach((name, array) -> named.put(prefixes.get(fixture.name()) + name, array));
                return new Weights(named);
            });
            Pretrained opened = Pretrained.open(folder.toString(), 0);
            assertThat(opened.backbone().type()).isEqualTo(fixture.name());
            assertThat(opened.weights().names())
                    .hasSameSizeAs(opened.backbone().shapes().keySet());
        }
    }

    @Test
    void halfPrecisionBecomesFullPrecision() throws IOException {
        write(weights -> {
            Map<String, Array> half = new LinkedHashMap<>();
            weights.asMap().forEach((name, array) -> half.put(name, bfloat16(array)));
            return new Weights(half);
        });
        Weights opened = Pretrained.open(folder.toString(), 0).weights();
        String name = "embeddings.word_embeddings.weight";
        float full = Safetensors.readFolder(BERT.folder()).get(name).floats()[7];
        assertThat(opened.get(name).type()).isEqualTo(DType.F32);
        assertThat(opened.get(name).floats()[7])
                .isEqualTo(Float.intBitsToFloat(Float.floatToRawIntBits(full) & 0xffff0000));
    }

    private static Array bfloat16(Array array) {
        float[] values = array.floats();
        ByteBuffer bytes = ByteBuffer.allocateDirect(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        return new Array(DType.BF16, array.shape(), bytes.flip());
    }

    @Test
    void namesTheFileThatIsMissingAndThoseThatAreThere() throws IOException {
        assertRefused("is missing", "there is no folder 'is missing'", "'minilm'");
        assertRefused(folder.toString(), "there is no config.json", "nothing in it");
        write(weights -> weights);
        Files.delete(folder.resolve("tokenizer.json"));
        assertRefused(folder.toString(), "there is no tokenizer.json", "has config.json, model.safetensors");
        write(weights -> weights);
        Files.delete(folder.resolve("model.safetensors"));
        assertRefused(folder.toString(), "there is no model.safetensors", "has config.json, tokenizer.json");
        Files.writeString(folder.resolve("pytorch_model.bin"), "");
        assertRefused(folder.toString(), "convert pytorch_model.bin to safetensors");
    }

    @Test
    void namesTheTensorThatIsMissingOrDoesNotFit() throws IOException {
        String key = "encoder.layer.1.attention.self.key.weight";
        write(weights -> weights.filter(name -> !name.equals(key)));
        assertRefused(folder.toString(), "the weights lack " + key + " of the 37 tensors", "2 layers");
        write(weights -> weights.filter(name -> !name.startsWith("encoder.layer.1.attention.self")));
        assertRefused(folder.toString(), "and 5 more");
        write(weights -> weights.with(new Weights(Map.of(key, Array.zeros(32, 31)))));
        assertRefused(folder.toString(), key, "[32, 31]", "[32, 32]");
        write(weights -> weights.with(new Weights(Map.of(key, Array.of(new long[32 * 32], 32, 32)))));
        assertRefused(folder.toString(), key, "I64");
    }

    @Test
    void saysWhatIsWrongWithAConfiguration() throws IOException {
        assertConfigRefused(config -> config.put("model_type", "gpt2"), "'gpt2'", "bert, distilbert, modernbert");
        assertConfigRefused(config -> config.remove(List.of("model_type")), "no 'model_type'");
        assertConfigRefused(config -> config.remove(List.of("hidden_size")), "no 'hidden_size'");
        assertConfigRefused(config -> config.put("num_hidden_layers", 0), "'num_hidden_layers': 0");
        assertConfigRefused(config -> config.put("num_hidden_layers", 2.5), "'num_hidden_layers': 2.5");
        assertConfigRefused(config -> config.put("num_attention_heads", 5), "width of 32", "5 heads");
        assertConfigRefused(config -> config.put("hidden_act", "mish"), "'mish'", "gelu, gelu_new");
        assertConfigRefused(config -> config.put("position_embedding_type", "relative_key"), "'relative_key'");
        Files.writeString(folder.resolve("config.json"), "{\n\"model_type\": bert}");
        assertRefused(folder.toString(), "config.json:2: is not JSON");
        Files.writeString(folder.resolve("config.json"), "[]");
        assertRefused(folder.toString(), "config.json: is no JSON object");
    }

    private void assertConfigRefused(UnaryOperator<ObjectNode> change, String... parts) throws IOException {
        write(weights -> weights);
        ObjectNode config = (ObjectNode) BERT.json("config.json");
        change.apply(config);
        Files.writeString(folder.resolve("config.json"), config.toString());
        assertRefused(folder.toString(), parts);
    }

    private static void assertRefused(String nameOrFolder, String... parts) {
        assertThatThrownBy(() -> Pretrained.open(nameOrFolder, 0))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(parts)
                .hasMessageContaining(nameOrFolder);
    }

    @Test
    void dropoutIsAShareBelowOne() {
        for (double dropout : new double[] {-0.1, 1, Double.NaN}) {
            assertThatThrownBy(() -> Pretrained.open("minilm", dropout)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private Weights write(UnaryOperator<Weights> change) throws IOException {
        return write(BERT, change);
    }

    /** A fixture's files in the folder, the weights changed; gives the weights as they were. */
    private Weights write(Fixture fixture, UnaryOperator<Weights> change) throws IOException {
        Weights weights = Safetensors.readFolder(fixture.folder());
        Safetensors.write(folder.resolve("model.safetensors"), change.apply(weights), Map.of());
        Files.write(folder.resolve("config.json"), fixture.bytes("config.json"));
        Files.write(folder.resolve("tokenizer.json"), fixture.bytes("tokenizer.json"));
        return weights;
    }

    private record LastLayer(Backbone backbone) implements Program {
        @Override
        public <T> T apply(Ops<T> ops, List<T> inputs) {
            Inputs<T> named = new Inputs<>(inputs.get(0), inputs.get(1), inputs.get(2));
            return backbone.hidden(ops, named, Sites.none()).last();
        }
    }
}
