package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import dev.polymath.model.Backbones;
import dev.polymath.model.Minilm;
import dev.polymath.model.Reading;
import dev.polymath.project.PartSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Array;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The backbone written against Ops, on the published weights, against the published graph. */
class MinilmParityTest {
    @Test
    void theTrunkGivesTheHiddenStatesOfThePublishedGraph() throws Exception {
        byte[] published;
        try (InputStream in = Minilm.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
            published = in.readAllBytes();
        }
        SharingGroup hard = new SharingGroup("hard", new PartSpec("hard", Map.of()), List.of());
        byte[] ours = ServingGraphs.trunk(
                        Backbones.of(Minilm.config(), 0), hard, Reading.of(6), Map.of(), Minilm.weights())
                .bytes();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (Tokenizer tokenizer = new Tokenizer(Minilm.tokenizer());
                OrtSession expected = environment.createSession(published);
                OrtSession actual = environment.createSession(ours)) {
            List<Encoding> texts = List.of(
                    tokenizer.encode("Where is my refund? I have been waiting for three weeks now.", null, 512),
                    tokenizer.encode("Thanks!", null, 512),
                    tokenizer.encode("A man eats.", "Somebody is having a meal.", 512),
                    tokenizer.encode("", null, 512));
            assertSame(expected, actual, texts, tokenizer.padId());
            assertSame(expected, actual, List.of(tokenizer.encode("longer ".repeat(600), null, 512)), 0);
        }
    }

    private static void assertSame(OrtSession expected, OrtSession actual, List<Encoding> texts, int padId)
            throws Exception {
        TokenBatch batch = TokenBatch.of(texts, padId);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OnnxTensor ids = tensor(environment, batch.ids());
                OnnxTensor mask = tensor(environment, batch.mask());
                OnnxTensor types = tensor(environment, batch.types())) {
            Map<String, OnnxTensor> inputs = Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types);
            try (OrtSession.Result a = expected.run(inputs);
                    OrtSession.Result b = actual.run(inputs)) {
                float[][][] wanted = (float[][][]) a.get(0).getValue();
                float[][][] given = (float[][][]) b.get(0).getValue();
                float worst = 0;
                for (int row = 0; row < texts.size(); row++) {
                    for (int token = 0; token < texts.get(row).length(); token++) {
                        for (int i = 0; i < wanted[row][token].length; i++) {
                            worst = Math.max(worst, Math.abs(given[row][token][i] - wanted[row][token][i]));
                        }
                    }
                }
                assertThat(worst).isPositive().isLessThan(1e-4f);
            }
        }
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Array array) throws Exception {
        return OnnxTensor.createTensor(environment, array.data().asLongBuffer(), array.shape());
    }
}
