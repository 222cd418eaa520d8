package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.project.PartSpec;
import dev.polymath.project.Parts;
import dev.polymath.project.SharingSpec;
import dev.polymath.project.TrainSpec;
import dev.polymath.project.TrainSpec.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Habits beside one another, with a sharing part and a balancer that are no plain ones. */
class HabitsTogetherTest {
    private static final String[] TYPES = {"classify", "multilabel", "ordinal", "regress", "tag"};

    @TempDir
    Path folder;

    @BeforeEach
    void oneThread() {
        torch.set_num_threads(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void theyGoWithTasksOfEveryKindAndWithAlignment(Precision precision) {
        TrainingListener finite = new TrainingListener() {
            @Override
            public void step(long step, double loss, long tokens, double seconds) {
                assertThat(loss).isFinite();
            }
        };
        Trained trained = trainer(precision).train(null, false, finite, () -> false);
        float[] differences = trained.weights()
                .get("sharing.covariance-alignment.own.alignment")
                .floats();
        int size = differences.length / TYPES.length;
        for (int task = 0; task < TYPES.length; task++) {
            double squares = 0;
            for (int i = task * size; i < (task + 1) * size; i++) squares += differences[i] * differences[i];
            assertThat(Math.sqrt(squares))
                    .as("what %s has learned", TYPES[task])
                    .isGreaterThan(1e-3);
        }
    }

    @Test
    void anInterruptedRunEndsAsAnUnbrokenOne() {
        Trained unbroken = trainer(Precision.FP32).train(null, false, TrainingListener.NONE, () -> false);
        int[] asked = {0};
        assertThatThrownBy(() ->
                        trainer(Precision.FP32).train(folder, false, TrainingListener.NONE, () -> ++asked[0] == 9))
                .isInstanceOf(TrainingStopped.class);
        Trained resumed = trainer(Precision.FP32).train(folder, true, TrainingListener.NONE, () -> false);
        assertThat(resumed.weights().asMap()).isEqualTo(unbroken.weights().asMap());
        assertThat(resumed.dev()).isEqualTo(unbroken.dev());
    }

    private static Trainer trainer(Precision precision) {
        Parts parts = new Parts(
                SharingSpec.of(new PartSpec("covariance-alignment", Map.of())),
                new PartSpec("covariance", Map.of()),
                Given.PARTS.sampling(),
                List.of(
                        new PartSpec("distribution-regularisation", Map.of()),
                        new PartSpec("feedback-alignment", Map.of()),
                        new PartSpec("gradient-noise", Map.of()),
                        new PartSpec("early-stopping", Map.of("patience", 2))));
        TrainSpec spec = new TrainSpec(
                2,
                200,
                2e-3,
                1e-2,
                1e-2,
                TrainSpec.Learns.AUTO,
                0.1,
                0.01,
                1,
                0.1,
                40,
                Integer.MAX_VALUE,
                precision,
                1);
        return new Trainer(Given.bert(0.1), Given.rows(TYPES), parts, spec);
    }
}
