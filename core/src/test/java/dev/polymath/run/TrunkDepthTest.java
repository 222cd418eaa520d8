package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.model.Backbone;
import dev.polymath.model.Fixture;
import dev.polymath.model.Pretrained;
import dev.polymath.model.Reading;
import dev.polymath.project.PartSpec;
import dev.polymath.sharing.SharingGroup;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrunkDepthTest {
    private final Pretrained bert = Pretrained.open(new Fixture("bert").folder().toString(), 0);
    private final SharingGroup hard = new SharingGroup("hard", new PartSpec("hard", Map.of()), List.of("a"));

    @Test
    void aTrunkHasNoLayerAboveWhatIsRead() {
        String one = graph(Reading.of(1));
        assertThat(one).contains("encoder.layer.0.output.dense.bias").doesNotContain("encoder.layer.1.");
        String attention = graph(new Reading(List.of(1), List.of(new Reading.Diagonal(1, 2))));
        assertThat(attention).contains("diagonal.0").doesNotContain("encoder.layer.1.");
        assertThat(graph(Reading.of(0))).contains("embeddings").doesNotContain("encoder.layer.0.");
        assertThat(graph(Reading.of(2))).contains("encoder.layer.1.output.dense.bias");
    }

    @Test
    void trunksAreNamedByWhatTheyGive() {
        assertThat(ModelLayout.trunkFile(hard, Reading.of(2), 2)).isEqualTo("onnx/trunk.onnx");
        assertThat(ModelLayout.trunkFile(hard, Reading.of(1), 2)).isEqualTo("onnx/trunk.l1.onnx");
        Reading both = new Reading(List.of(1, 2), List.of(new Reading.Diagonal(1, 10)));
        SharingGroup lora = new SharingGroup("lora", new PartSpec("lora", Map.of()), List.of("a"));
        assertThat(ModelLayout.trunkFile(lora, both, 2)).isEqualTo("onnx/trunk.lora.l1-2.a1-10.onnx");
    }

    private String graph(Reading reading) {
        Backbone backbone = bert.backbone();
        byte[] bytes = ServingGraphs.trunk(backbone, hard, reading, Map.of(), bert.weights())
                .bytes();
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
