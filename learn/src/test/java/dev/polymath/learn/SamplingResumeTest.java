package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.project.PartSpec;
import dev.polymath.project.Parts;
import dev.polymath.project.TrainSpec;
import dev.polymath.project.TrainSpec.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A run whose rows change as it goes on, by its progress or by dev scores, ends as one that was not interrupted. */
class SamplingResumeTest {
    /** Batches small enough for several parts an epoch. */
    private static final TrainSpec SPEC = new TrainSpec(
            2.5,
            40,
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
            Precision.FP32,
            1);

    @TempDir
    Path temporary;

    private long steps;
    private long firstEpoch;

    @BeforeEach
    void oneThread() {
        torch.set_num_threads(1);
    }

    static Stream<PartSpec> samplers() {
        Map<String, Double> scores = Map.of("classify", 0.9, "tag", 0.8, "regress", 0.3);
        return Stream.of(
                new PartSpec("dynamic", Map.of("scores", scores, "strength", 4)),
                new PartSpec("curriculum", Map.of("difficulty", "length")),
                new PartSpec("curriculum", Map.of("difficulty", "loss", "until", 0.9)),
                new PartSpec("anti-curriculum", Map.of("first", List.of("tag"), "share", 0.5)),
                new PartSpec("annealed", Map.of()));
    }

    @ParameterizedTest
    @MethodSource("samplers")
    void stoppedWithinTheSecondEpochAndResumed(PartSpec sampling) {
        Trained unbroken = trainer(sampling).train(null, false, counting(), () -> false);
        long last = steps;
        long stop = firstEpoch + 5;
        assertThat(stop).isLessThan(last);
        assertThatThrownBy(() -> trainer(sampling).train(temporary, false, counting(), () -> steps >= stop))
                .isInstanceOf(TrainingStopped.class);
        assertThat(steps).isEqualTo(stop);
        Trained resumed = trainer(sampling).train(temporary, true, counting(), () -> false);
        assertThat(steps).isEqualTo(last);
        assertThat(resumed.weights().asMap()).isEqualTo(unbroken.weights().asMap());
        assertThat(resumed.dev()).isEqualTo(unbroken.dev());
        assertThat(resumed.tokens()).isEqualTo(unbroken.tokens());
    }

    private TrainingListener counting() {
        steps = 0;
        firstEpoch = 0;
        return new TrainingListener() {
            @Override
            public void step(long step, double loss, long tokens, double seconds) {
                steps = step;
            }

            @Override
            public void epoch(int epoch, Map<String, Map<String, Double>> metrics, double mean, boolean best) {
                if (epoch == 1) firstEpoch = steps;
            }
        };
    }

    /** As another process would: with rows read anew. */
    private static Trainer trainer(PartSpec sampling) {
        Parts parts = new Parts(Given.PARTS.sharing(), Given.PARTS.balance(), sampling, List.of());
        return new Trainer(Given.bert(SPEC.dropout()), Given.rows("classify", "tag", "regress"), parts, SPEC);
    }
}
