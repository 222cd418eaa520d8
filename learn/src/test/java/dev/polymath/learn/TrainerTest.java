package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.project.TrainSpec;
import dev.polymath.project.TrainSpec.Precision;
import dev.polymath.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainerTest {
    private final List<Double> losses = new ArrayList<>();
    private final TrainingListener listener = new TrainingListener() {
        @Override
        public void step(long step, double loss, long tokens, double seconds) {
            assertThat(step).isEqualTo(losses.size() + 1);
            assertThat(tokens).isPositive();
            losses.add(loss);
        }
    };

    @BeforeEach
    void oneThread() {
        torch.set_num_threads(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void itLearnsTasksOfEveryKindTogether(Precision precision) {
        List<TaskRows> rows = Given.rows("classify", "multilabel", "ordinal", "regress", "tag");
        Trained trained =
                Given.trainer(rows, with(Given.spec(8, 1), precision)).train(null, false, listener, () -> false);
        assertThat(mean(losses.subList(losses.size() - 20, losses.size())))
                .isLessThan(0.7 * mean(losses.subList(0, 20)));
        Map<String, Map<String, Double>> dev = trained.dev();
        System.out.println(precision + ": " + dev);
        // Half of the rows or so are travel's, and a word in five is a place: chance is far below.
        assertThat(dev.get("classify").get("accuracy")).isGreaterThan(0.75);
        assertThat(dev.get("regress").get("spearman")).isGreaterThan(0.5);
        assertThat(dev.get("tag").get("f1")).isGreaterThan(0.7);
        assertThat(trained.precision()).isEqualTo(precision.name().toLowerCase(java.util.Locale.ROOT));
        assertThat(trained.tokens()).isPositive();
        assertThat(trained.epoch()).isBetween(1, 8);
        assertThat(trained.tasks()).extracting(Task::name).containsExactlyElementsOf(dev.keySet());
        for (String name : trained.weights().names()) {
            for (float value : trained.weights().get(name).floats())
                assertThat(value).isFinite();
        }
    }

    @Test
    void theSameSeedGivesTheSameWeightsToTheLastBit() {
        Trained one = Given.trainer(Given.rows("classify", "tag"), Given.spec(2, 5))
                .train(null, false, listener, () -> false);
        Trained two = Given.trainer(Given.rows("classify", "tag"), Given.spec(2, 5))
                .train(null, false, TrainingListener.NONE, () -> false);
        Trained other = Given.trainer(Given.rows("classify", "tag"), Given.spec(2, 6))
                .train(null, false, TrainingListener.NONE, () -> false);
        assertThat(two.weights().asMap()).isEqualTo(one.weights().asMap());
        assertThat(two.dev()).isEqualTo(one.dev());
        assertThat(other.weights().asMap()).isNotEqualTo(one.weights().asMap());
    }

    @Test
    void aRowWithoutALabelTeachesNothingAndHarmsNothing() {
        TaskRows whole = Given.rows("classify").get(0);
        List<Example> train = new ArrayList<>(whole.train());
        List<Example> dev = new ArrayList<>(whole.dev());
        for (int i = 0; i < 10; i++) train.set(i, unlabelled(train.get(i)));
        dev.set(0, unlabelled(dev.get(0)));
        TaskRows none = new TaskRows(
                Given.task("regress"),
                Given.examples("regress", 5, new Random(1)).stream()
                        .map(TrainerTest::unlabelled)
                        .toList(),
                Given.examples("regress", 5, new Random(2)).stream()
                        .map(TrainerTest::unlabelled)
                        .toList());
        Trained trained = Given.trainer(List.of(new TaskRows(whole.task(), train, dev), none), Given.spec(25, 1))
                .train(null, false, listener, () -> false);
        assertThat(losses).allMatch(Double::isFinite);
        assertThat(trained.dev()).as("what cannot be measured is not").containsOnlyKeys("classify");
        assertThat(trained.dev().get("classify").get("accuracy")).isGreaterThan(0.7);
    }

    @Test
    void aTaskWithoutDevRowsIsLearnedAndNotMeasured() {
        TaskRows classify = Given.rows("classify").get(0);
        TaskRows unmeasured =
                new TaskRows(Given.task("regress"), Given.examples("regress", 20, new Random(1)), List.of());
        Trained trained = Given.trainer(List.of(classify, unmeasured), Given.spec(2, 1))
                .train(null, false, listener, () -> false);
        assertThat(trained.dev()).containsOnlyKeys("classify");
        assertThat(trained.tasks()).hasSize(2);
    }

    @Test
    void withoutAnyDevRowsTheLastEpochIsTheBest() {
        TaskRows unmeasured =
                new TaskRows(Given.task("regress"), Given.examples("regress", 20, new Random(1)), List.of());
        Trained trained =
                Given.trainer(List.of(unmeasured), Given.spec(3, 1)).train(null, false, listener, () -> false);
        assertThat(trained.epoch()).isEqualTo(3);
        assertThat(trained.dev()).isEmpty();
    }

    @Test
    void aPartOfAnEpochIsAPartOfItsStepsAndOneAtLeast() {
        List<TaskRows> rows = Given.rows("classify", "regress");
        Given.trainer(rows, Given.spec(1, 1)).train(null, false, listener, () -> false);
        int whole = losses.size();
        losses.clear();
        Given.trainer(rows, Given.spec(0.5, 1)).train(null, false, listener, () -> false);
        assertThat((double) losses.size()).isCloseTo(whole / 2.0, within(0.5));
        losses.clear();
        Trained least = Given.trainer(rows, Given.spec(0.01, 1)).train(null, false, listener, () -> false);
        assertThat(losses).hasSize(1);
        assertThat(least.epoch()).isEqualTo(1);
    }

    @Test
    void learningThatDivergesEndsWithAdvice() {
        TrainSpec spec = new TrainSpec(
                20, 200, 1e30, 1e30, 1e30, TrainSpec.Learns.AUTO, 0, 0, 0, 0, 40, Integer.MAX_VALUE, Precision.FP32, 1);
        assertThatThrownBy(() -> Given.trainer(Given.rows("classify"), spec).train(null, false, listener, () -> false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("not a finite number in 5 steps in a row")
                .hasMessageContaining("up to step ")
                .hasMessageContaining("lower learning_rate than 1.0E30");
    }

    @Test
    void aRunThatEndsBeforeItsDivergenceIsPlainStillGivesWeights() {
        TrainSpec spec = new TrainSpec(
                0.4,
                200,
                1e30,
                1e30,
                1e30,
                TrainSpec.Learns.AUTO,
                0,
                0,
                0,
                0,
                40,
                Integer.MAX_VALUE,
                Precision.FP32,
                1);
        Trained trained =
                Given.trainer(Given.rows("regress", "classify"), spec).train(null, false, listener, () -> false);
        assertThat(trained.epoch()).isEqualTo(1);
        assertThat(losses).hasSizeLessThan(5);
    }

    @Test
    void thereIsNothingToResumeWithoutAFolder() {
        Trainer trainer = Given.trainer(Given.rows("classify"), Given.spec(1, 1));
        assertThatThrownBy(() -> trainer.train(null, true, listener, () -> false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Example unlabelled(Example example) {
        return new Example(example.text(), null, null, example.line());
    }

    private static TrainSpec with(TrainSpec spec, Precision precision) {
        return new TrainSpec(
                spec.epochs(),
                spec.batchTokens(),
                spec.learningRate(),
                spec.headLearningRate(),
                spec.sharingLearningRate(),
                spec.backbone(),
                spec.warmup(),
                spec.weightDecay(),
                spec.clip(),
                spec.dropout(),
                spec.maxTokens(),
                spec.maxRows(),
                precision,
                spec.seed());
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
