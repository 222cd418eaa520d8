package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that was interrupted, however, ends as one that was not: three epochs of three tasks, dropout on. */
class ResumeTest {
    private static final double EPOCHS = 3;
    private static Trained unbroken;
    private static int steps;
    private static final List<Integer> EPOCH_ENDS = new ArrayList<>();

    @TempDir
    Path temporary;

    @BeforeAll
    static void trainWithoutABreak() {
        torch.set_num_threads(1);
        unbroken = trainer()
                .train(
                        null,
                        false,
                        new TrainingListener() {
                            @Override
                            public void step(long step, double loss, long tokens, double seconds) {
                                steps = (int) step;
                            }

                            @Override
                            public void epoch(
                                    int epoch, Map<String, Map<String, Double>> metrics, double mean, boolean best) {
                                EPOCH_ENDS.add(steps);
                            }
                        },
                        () -> false);
        assertThat(EPOCH_ENDS).hasSize(3);
    }

    @Test
    void stoppedWithinAnEpoch() {
        stopAfter(EPOCH_ENDS.get(0) + 3, false);
        assertAsUnbroken(resume());
    }

    @Test
    void stoppedTwiceAndBeforeTheFirstEpochEnds() {
        stopAfter(2, false);
        stopAfter(EPOCH_ENDS.get(1) - 1, true);
        assertAsUnbroken(resume());
    }

    @Test
    void stoppedAtTheEndOfAnEpoch() {
        stopAfter(EPOCH_ENDS.get(0), false);
        assertAsUnbroken(resume());
    }

    @Test
    void stoppedAtTheLastStepItIsDone() {
        Stopper stopper = new Stopper(steps);
        assertAsUnbroken(trainer().train(temporary, false, stopper, stopper));
        assertAsUnbroken(resume());
    }

    @Test
    void killedBetweenPeriodicCheckpoints() {
        killAfter(EPOCH_ENDS.get(1) + 5, false);
        assertThat(begins()).isEqualTo(EPOCH_ENDS.get(1) + 4 - (EPOCH_ENDS.get(1) + 4) % 4L);
        assertAsUnbroken(resume());
    }

    @Test
    void killedTwiceInTheSameEpoch() {
        killAfter(7, false);
        assertThat(begins()).isEqualTo(4);
        killAfter(EPOCH_ENDS.get(0) - 1, true);
        assertAsUnbroken(resume());
    }

    @Test
    void killedBeforeAnyCheckpointThereIsNothingToResume() {
        killAfter(3, false);
        assertThat(Trainer.hasCheckpoint(temporary)).isFalse();
        assertThatThrownBy(this::resume)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no checkpoint to resume from")
                .hasMessageContaining(temporary.toString());
    }

    @Test
    void whatAnotherRunLeftIsHarmless() throws IOException {
        Files.writeString(temporary.resolve("step-99-0123456789ab.safetensors"), "half a file");
        Files.writeString(temporary.resolve(".best-1-0123456789ab.safetensors.1.tmp"), "half a file");
        Files.createDirectories(temporary.resolve("folder/in/folder"));
        stopAfter(5, false);
        assertAsUnbroken(resume());
        assertThat(temporary.resolve("folder/in/folder")).exists();
        assertThat(temporary.resolve("step-99-0123456789ab.safetensors")).doesNotExist();
    }

    @Test
    void otherSettingsAreRefused() {
        stopAfter(2, false);
        for (Trainer other : List.of(
                Given.trainer(rows(), Given.spec(EPOCHS, 2)),
                Given.trainer(rows(), Given.spec(EPOCHS + 1, 1)),
                Given.trainer(rows().subList(0, 2), Given.spec(EPOCHS, 1)))) {
            assertThatThrownBy(() -> other.train(temporary, true, TrainingListener.NONE, () -> false))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("other settings or data")
                    .hasMessageContaining("delete it to begin anew");
        }
        assertAsUnbroken(resume());
    }

    @Test
    void aCheckpointIsForgotten() {
        stopAfter(2, false);
        assertThat(Trainer.hasCheckpoint(temporary)).isTrue();
        Trainer.forget(temporary);
        assertThat(Trainer.hasCheckpoint(temporary)).isFalse();
        Trainer.forget(temporary);
    }

    private void stopAfter(int step, boolean resume) {
        Stopper stopper = new Stopper(step);
        assertThatThrownBy(() -> trainer().train(temporary, resume, stopper, stopper))
                .isInstanceOfSatisfying(TrainingStopped.class, stopped -> {
                    assertThat(stopped.step()).isEqualTo(step);
                    assertThat(stopped.checkpoint()).isEqualTo(temporary);
                });
    }

    /** With a checkpoint every four steps. */
    private void killAfter(int step, boolean resume) {
        TrainingListener killer = new TrainingListener() {
            @Override
            public void step(long at, double loss, long tokens, double seconds) {
                if (at == step) throw new Killed();
            }
        };
        assertThatThrownBy(() -> trainer().train(temporary, resume, killer, () -> false, 4))
                .isInstanceOf(Killed.class);
    }

    /** The step that a resumed run begins with. */
    private long begins() {
        long[] from = new long[1];
        TrainingListener killer = new TrainingListener() {
            @Override
            public void begin(long step, long all) {
                from[0] = step;
                throw new Killed();
            }
        };
        assertThatThrownBy(() -> trainer().train(temporary, true, killer, () -> false))
                .isInstanceOf(Killed.class);
        return from[0];
    }

    private Trained resume() {
        return trainer().train(temporary, true, TrainingListener.NONE, () -> false);
    }

    private static void assertAsUnbroken(Trained trained) {
        assertThat(trained.weights().asMap()).isEqualTo(unbroken.weights().asMap());
        assertThat(trained.epoch()).isEqualTo(unbroken.epoch());
        assertThat(trained.dev()).isEqualTo(unbroken.dev());
        assertThat(trained.tokens()).isEqualTo(unbroken.tokens());
    }

    /** As another process would: with rows read anew. */
    private static Trainer trainer() {
        return Given.trainer(rows(), Given.spec(EPOCHS, 1));
    }

    private static List<TaskRows> rows() {
        return Given.rows("classify", "tag", "regress");
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Wants to stop once a step is done. */
    private static final class Stopper implements TrainingListener, BooleanSupplier {
        private final long last;
        private long done;

        Stopper(long last) {
            this.last = last;
        }

        @Override
        public void step(long step, double loss, long tokens, double seconds) {
            done = step;
        }

        @Override
        public boolean getAsBoolean() {
            return done >= last;
        }
    }
}
