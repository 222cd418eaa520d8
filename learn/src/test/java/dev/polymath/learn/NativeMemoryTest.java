package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What libtorch takes for a step is given back with the step, not when the garbage collector gets to it. */
class NativeMemoryTest {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int WARM_UP = 100;
    private static final int STEPS = 300;

    @TempDir
    Path temporary;

    @Test
    void memoryStaysFlatOverStepsAndEpochsAndCheckpoints() {
        assumeThat(Files.isReadable(STATUS))
                .as("the resident set is known on Linux alone")
                .isTrue();
        torch.set_num_threads(1);
        Meter meter = new Meter();
        List<TaskRows> rows = Given.rows("classify", "tag", "regress");
        Trainer trainer = Given.trainer(rows, Given.spec(100, 1));
        assertThatThrownBy(() -> trainer.train(temporary, false, meter, () -> meter.step == STEPS, 50))
                .isInstanceOf(TrainingStopped.class);
        System.out.println(meter);
        assertThat(meter.residentAfter).as("resident set, kB").isLessThan((long) (1.05 * meter.residentBefore));
        assertThat(meter.pointersAfter).as("JavaCPP's pointers").isLessThanOrEqualTo(meter.pointersBefore);
        assertThat(meter.bytesAfter).as("JavaCPP's bytes").isLessThanOrEqualTo(meter.bytesBefore);
    }

    private static final class Meter implements TrainingListener {
        private long step;
        private long residentBefore;
        private long residentAfter;
        private long pointersBefore;
        private long pointersAfter;
        private long bytesBefore;
        private long bytesAfter;

        @Override
        public void step(long done, double loss, long tokens, double seconds) {
            step = done;
            if (step == WARM_UP) {
                residentBefore = resident();
                pointersBefore = Pointer.totalCount();
                bytesBefore = Pointer.totalBytes();
            }
            if (step == STEPS) {
                residentAfter = resident();
                pointersAfter = Pointer.totalCount();
                bytesAfter = Pointer.totalBytes();
            }
        }

        @Override
        public String toString() {
            return String.format(
                    "after %d steps %d kB resident, %d pointers of %d bytes; after %d steps %d kB, %d of %d",
                    WARM_UP,
                    residentBefore,
                    pointersBefore,
                    bytesBefore,
                    STEPS,
                    residentAfter,
                    pointersAfter,
                    bytesAfter);
        }
    }

    private static long resident() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", ""));
            }
            throw new IllegalStateException(STATUS + " has no VmRSS");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
