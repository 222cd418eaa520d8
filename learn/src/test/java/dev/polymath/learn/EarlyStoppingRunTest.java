package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.project.PartSpec;
import dev.polymath.project.Parts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Learning ends once all tasks rest, also in a run that was interrupted. */
class EarlyStoppingRunTest {
    private static final double EPOCHS = 60;

    @TempDir
    Path folder;

    /** Counts, and stops at the end of an epoch or after a step. */
    private static final class Counter implements TrainingListener {
        private final int lastEpoch;
        private final long lastStep;
        private int epochs;
        private long steps;

        Counter(int lastEpoch, long lastStep) {
            this.lastEpoch = lastEpoch;
            this.lastStep = lastStep;
        }

        @Override
        public void step(long step, double loss, long tokens, double seconds) {
            steps = step;
        }

        @Override
        public void epoch(int epoch, Map<String, Map<String, Double>> metrics, double mean, boolean best) {
            epochs = epoch;
        }

        boolean stops() {
            return epochs >= lastEpoch || steps >= lastStep;
        }
    }

    @BeforeEach
    void oneThread() {
        torch.set_num_threads(1);
    }

    @Test
    void learningEndsWhenAllTasksRestHoweverItWasInterrupted() {
        Counter unbroken = new Counter(Integer.MAX_VALUE, Long.MAX_VALUE);
        Trained whole = trainer().train(null, false, unbroken, () -> false);
        assertThat(unbroken.epochs).isBetween(2, (int) EPOCHS - 1);
        assertThat(whole.epoch()).isLessThan(unbroken.epochs);

        Counter stepper = new Counter(Integer.MAX_VALUE, unbroken.steps - 1);
        assertThatThrownBy(() -> trainer().train(folder, false, stepper, stepper::stops))
                .isInstanceOf(TrainingStopped.class);
        assertSame(whole, trainer().train(folder, true, TrainingListener.NONE, () -> false));
        Trainer.forget(folder);

        // Where it ends was not known before the last epoch was measured.
        Counter epoch = new Counter(unbroken.epochs, Long.MAX_VALUE);
        assertThatThrownBy(() -> trainer().train(folder, false, epoch, epoch::stops))
                .isInstanceOf(TrainingStopped.class);
        assertSame(whole, trainer().train(folder, true, TrainingListener.NONE, () -> false));
        assertSame(whole, trainer().train(folder, true, TrainingListener.NONE, () -> false));
    }

    private static void assertSame(Trained expected, Trained actual) {
        assertThat(actual.weights().asMap()).isEqualTo(expected.weights().asMap());
        assertThat(actual.epoch()).isEqualTo(expected.epoch());
        assertThat(actual.dev()).isEqualTo(expected.dev());
        assertThat(actual.tokens()).isEqualTo(expected.tokens());
    }

    private static Trainer trainer() {
        PartSpec habit = new PartSpec("early-stopping", Map.of("patience", 2));
        Parts parts = new Parts(Given.PARTS.sharing(), Given.PARTS.balance(), Given.PARTS.sampling(), List.of(habit));
        return new Trainer(Given.bert(0), Given.rows("classify", "regress"), parts, Given.spec(EPOCHS, 1));
    }
}
