package dev.polymath.learn.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.project.TrainSpec.Precision;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class PrecisionsTest {
    @Test
    void autoIsBf16WhereTheProcessorHasIt() {
        ScalarType auto = Precisions.type(Precision.AUTO);
        assertThat(auto).isEqualTo(Precisions.hasBf16() ? ScalarType.BFloat16 : ScalarType.Float);
    }

    @Test
    void theOthersAreWhatTheySay() {
        assertThat(Precisions.type(Precision.FP32)).isEqualTo(ScalarType.Float);
        assertThat(Precisions.type(Precision.BF16)).isEqualTo(ScalarType.BFloat16);
        assertThat(Precisions.name(ScalarType.Float)).isEqualTo("fp32");
        assertThat(Precisions.name(ScalarType.BFloat16)).isEqualTo("bf16");
    }
}
