package dev.polymath.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import dev.polymath.weights.Weights;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MinilmTest {
    @Test
    void itsWeightsHaveTheNamesAndShapesOfBert() {
        Weights weights = Minilm.weights();
        assertShape(weights, "embeddings.word_embeddings.weight", 30522, 384);
        assertShape(weights, "embeddings.position_embeddings.weight", 512, 384);
        assertShape(weights, "embeddings.token_type_embeddings.weight", 2, 384);
        assertShape(weights, "embeddings.LayerNorm.weight", 384);
        assertShape(weights, "embeddings.LayerNorm.bias", 384);
        for (int layer = 0; layer < 6; layer++) {
            String prefix = "encoder.layer." + layer + ".";
            for (String part : new String[] {"self.query", "self.key", "self.value", "output.dense"}) {
                assertShape(weights, prefix + "attention." + part + ".weight", 384, 384);
                assertShape(weights, prefix + "attention." + part + ".bias", 384);
            }
            assertShape(weights, prefix + "intermediate.dense.weight", 1536, 384);
            assertShape(weights, prefix + "intermediate.dense.bias", 1536);
            assertShape(weights, prefix + "output.dense.weight", 384, 1536);
            for (String norm : new String[] {"attention.output.LayerNorm", "output.LayerNorm"}) {
                assertShape(weights, prefix + norm + ".weight", 384);
                assertShape(weights, prefix + norm + ".bias", 384);
            }
        }
        assertThat(weights.names()).hasSize(5 + 6 * 16);
        // 22,713,216 in the published model, less the pooler's 384 * 384 + 384.
        assertThat(weights.parameters()).isEqualTo(22_713_216 - 147_840);
    }

    @Test
    void linearWeightsAreTheGraphsTransposedAndTheOthersAsTheyAre() throws Exception {
        ModelProto model;
        try (InputStream in = Minilm.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
            model = ModelProto.parseFrom(in);
        }
        Weights weights = Minilm.weights();
        // The first layer's linear weights in the order of use.
        assertTransposed(weights, "encoder.layer.0.attention.self.query.weight", model, "onnx::MatMul_787");
        assertTransposed(weights, "encoder.layer.0.attention.self.key.weight", model, "onnx::MatMul_788");
        assertTransposed(weights, "encoder.layer.0.intermediate.dense.weight", model, "onnx::MatMul_798");
        String words = "embeddings.word_embeddings.weight";
        assertThat(weights.get(words).data().asFloatBuffer()).isEqualTo(floats(model, words));
    }

    @Test
    void itsConfigIsAsPublished() {
        assertThat(Minilm.config().get("model_type").asText()).isEqualTo("bert");
        assertThat(Minilm.config().get("num_attention_heads").asInt()).isEqualTo(12);
        assertThat(Minilm.config().get("layer_norm_eps").asDouble()).isEqualTo(1e-12);
    }

    @Test
    void itsTokenizerIsJson() {
        assertThat(new String(Minilm.tokenizer(), StandardCharsets.UTF_8))
                .startsWith("{")
                .contains("BertPreTokenizer");
    }

    private static void assertShape(Weights weights, String name, long... shape) {
        assertThat(weights.get(name).shape()).as(name).containsExactly(shape);
        assertThat(weights.get(name).type()).as(name).isEqualTo(DType.F32);
    }

    private static void assertTransposed(Weights weights, String name, ModelProto model, String original) {
        Array array = weights.get(name);
        int out = (int) array.shape()[0];
        int in = (int) array.shape()[1];
        FloatBuffer stored = floats(model, original);
        float[] expected = new float[out * in];
        for (int o = 0; o < out; o++) for (int i = 0; i < in; i++) expected[o * in + i] = stored.get(i * out + o);
        assertThat(Arrays.equals(array.floats(), expected)).as(name).isTrue();
    }

    private static FloatBuffer floats(ModelProto model, String name) {
        for (TensorProto tensor : model.getGraph().getInitializerList()) {
            if (tensor.getName().equals(name)) {
                return tensor.getRawData()
                        .asReadOnlyByteBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer();
            }
        }
        throw new AssertionError(name);
    }
}
