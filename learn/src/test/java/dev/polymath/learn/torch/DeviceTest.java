package dev.polymath.learn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.polymath.InputException;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class DeviceTest {
    @Test
    void isTheProcessorWhereNothingElseIsSaid() {
        assertThat(Device.of(null)).isEqualTo(Device.CPU);
        assertThat(Device.of("")).isEqualTo(Device.CPU);
        assertThat(Device.of("cuda")).isEqualTo(Device.CUDA);
    }

    @Test
    void anUnknownNameIsRefusedWithTheChoices() {
        assertThatThrownBy(() -> Device.of("gpu"))
                .isInstanceOf(InputException.class)
                .hasMessage("POLYMATH_DEVICE is 'gpu'; it must be cpu or cuda");
    }

    @Test
    void aGpuThatIsNotThereIsAskedForInVain() {
        assumeThat(torch.cuda_is_available()).isFalse();
        Device.CPU.require();
        assertThatThrownBy(Device.CUDA::require)
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("POLYMATH_DEVICE is cuda, but libtorch sees no GPU");
    }
}
