package dev.polymath.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.project.TaskSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class OrdinalTest {
    private static final TaskSpec SPEC = Given.textSpec("ordinal", "labels", List.of("bad", "fair", "good"));
    private static final Task TASK = Given.task(SPEC, "bad", "good", "good", "fair");

    @Test
    void theLossIsTheSumOfTheQuestionsWhetherTheLevelIsOver() {
        Array output = Array.of(new float[] {1, -1, 2, 0, 9, 9}, 3, 2);
        List<Example> rows = Given.examples(SPEC, "fair", "good", null);
        // fair is over bad only: log(1+1/e) + log(1+1/e) = 0.626523; good: log(1+e^-2) + log 2 = 0.820075.
        double loss = Given.loss(TASK, output, TASK.target(rows, Given.encodings(3), 3));
        assertThat(loss).isCloseTo((0.626523 + 0.820075) / 2, within(1e-5));
    }

    @Test
    void theHeadAddsOrderedThresholdsToOneDirection() {
        Weights weights = new Weights(Map.of(
                "heads.t.weight", Array.of(new float[] {2, 1}, 1, 2), "heads.t.bias", Array.of(new float[] {1, 0})));
        Array states = Array.of(new float[] {3, -2}, 1, 1, 2);
        float[] output = Given.head(TASK, weights, states, Array.of(new long[] {1}, 1, 1))
                .floats();
        // 3*2 - 2*1 = 4, with thresholds 1 and 1 - log 2.
        assertThat(output).containsExactly(new float[] {5, 5 - 0.6931472f}, within(1e-5f));
    }

    @Test
    void freshThresholdsGiveTheSharesOfTheLevels() {
        Weights fresh = TASK.initial(2, new SplittableRandom(3));
        float[] output = Given.head(TASK, fresh, Array.zeros(1, 1, 2), Array.of(new long[] {1}, 1, 1))
                .floats();
        Answer.Level answer = (Answer.Level) TASK.decode(output, null, null);
        // One bad, one fair and two good rows, with half a row added to each level.
        assertThat(answer.scores().get("bad")).isCloseTo(1.5 / 5.5, within(1e-6));
        assertThat(answer.scores().get("good")).isCloseTo(2.5 / 5.5, within(1e-6));
        assertThat(answer.value()).isCloseTo((1.5 + 2 * 1.5 + 3 * 2.5) / 5.5, within(1e-6));
    }

    @Test
    void twoLevelsWork() {
        Task two = Given.task(Given.textSpec("ordinal"), "0", "1");
        float[] output = Given.head(
                        two,
                        two.initial(2, new SplittableRandom(3)),
                        Array.zeros(1, 1, 2),
                        Array.of(new long[] {1}, 1, 1))
                .floats();
        assertThat(output).containsExactly(0);
    }

    @Property(tries = 20)
    void probabilitiesOfBeingOverALevelNeverRise(
            @ForAll @Size(min = 2, max = 6) List<@FloatRange(min = -50, max = 50) Float> free,
            @ForAll @FloatRange(min = -20, max = 20) float state) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i <= free.size(); i++) names.add("level " + i);
        Task task = Given.task(Given.textSpec("ordinal", "labels", names), "level 0", "level 1");
        float[] thresholds = new float[free.size()];
        for (int i = 0; i < thresholds.length; i++) thresholds[i] = free.get(i);
        Weights weights = new Weights(
                Map.of("heads.t.weight", Array.of(new float[] {1}, 1, 1), "heads.t.bias", Array.of(thresholds)));
        float[] output = Given.head(
                        task, weights, Array.of(new float[] {state}, 1, 1, 1), Array.of(new long[] {1}, 1, 1))
                .floats();
        for (int i = 1; i < output.length; i++) assertThat(output[i]).isLessThanOrEqualTo(output[i - 1]);
        Answer.Level answer = (Answer.Level) task.decode(output, null, null);
        assertThat(answer.scores().values().stream().mapToDouble(score -> score).sum())
                .isCloseTo(1, within(1e-9));
        assertThat(answer.value()).isBetween(1.0, names.size() * 1.0);
    }

    @Test
    void theLevelIsTheNumberOfEvenChancesPassedUntilCutsAreFitted() {
        assertThat(level(TASK, -1, -2)).isEqualTo("bad");
        assertThat(level(TASK, 1, -2)).isEqualTo("fair");
        assertThat(level(TASK, 2, 1)).isEqualTo("good");
        assertThat(level(TASK, 1, 0.5f)).isEqualTo("good");
    }

    @Test
    void fittedCutsStretchTheExpectedLevelsToTheTrueOnes() {
        // Values of mean 2 and deviation 0.5, levels of mean 3 and deviation 1: a value v stands for level 3 + 2 (v -
        // 2).
        double[] values = new double[20];
        double[] levels = new double[20];
        for (int i = 0; i < 20; i++) {
            values[i] = i % 2 == 0 ? 1.5 : 2.5;
            levels[i] = i % 2 == 0 ? 2 : 4;
        }
        assertThat(CutPoints.fitted(values, levels, 5)).containsExactly(1.25, 1.75, 2.25, 2.75);
        assertThat(CutPoints.fitted(new double[] {1, 2}, new double[] {1, 2}, 5))
                .isEmpty();
        assertThat(CutPoints.fitted(values, new double[20], 5)).isEmpty();
        assertThat(CutPoints.fitted(new double[20], levels, 5)).isEmpty();
    }

    @Test
    void theFittedCutsStayWithTheTask() {
        // Held-out rows say that these outputs, all fair by even chances, are bad, fair and good.
        float[][] kinds = {{0.5f, -3}, {1.5f, -2}, {3, -0.5f}};
        List<float[]> outputs = new ArrayList<>();
        List<Object> labels = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            outputs.add(kinds[i % 3]);
            labels.add(TASK.labels().get(i % 3));
        }
        List<Example> rows = Given.examples(SPEC, labels.toArray());
        Task fitted = Given.restored(TASK.calibrated(rows, outputs));
        List<Answer> answers = new ArrayList<>();
        for (float[] output : outputs) answers.add(fitted.decode(output, null, null));
        assertThat(fitted.metrics(rows, answers)).containsEntry("qwk", 1.0).containsEntry("mae", 0.0);
        assertThat(level(TASK, kinds[0])).isEqualTo("fair").isEqualTo(level(TASK, kinds[2]));
    }

    @Test
    void labelsThatAreNumbersAreOrderedAsNumbers() {
        assertThat(Given.task(Given.textSpec("ordinal"), "10", "9", "-1.5").labels())
                .containsExactly("-1.5", "9", "10");
        assertThatThrownBy(() -> Given.task(Given.textSpec("ordinal"), "1", "good"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'good' is not a number; give them in order as 'labels'");
    }

    private static String level(Task task, float... output) {
        return ((Answer.Level) task.decode(output, null, null)).label();
    }
}
