package dev.polymath.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.project.TaskSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClassifyTest {
    private static final TaskSpec SPEC = Given.textSpec("classify");
    private static final Task TASK = Given.task(SPEC, "no", "yes", "maybe");

    @Test
    void theLossIsTheMeanCrossEntropyOfLabelledRows() {
        Array output = Array.of(new float[] {1, 2, 3, 0, 0, 0, 50, -50, 0}, 3, 3);
        List<Example> rows = Given.examples(SPEC, "maybe", "yes", null);
        // -log(e / (e + e^2 + e^3)) = 2.407606 and -log(1/3) = 1.098612; the third row has no label.
        double loss = Given.loss(TASK, output, TASK.target(rows, Given.encodings(3), 3));
        assertThat(loss).isCloseTo((2.407606 + 1.098612) / 2, within(1e-5));
    }

    @Test
    void aBatchWithoutLabelsHasALossOfZero() {
        Target target = TASK.target(Given.examples(SPEC, null, ""), Given.encodings(2), 3);
        assertThat(Given.loss(TASK, Array.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3), target))
                .isZero();
    }

    @Test
    void theHeadIsLinearOnTheMean() {
        Weights weights = new Weights(Map.of(
                "heads.t.weight", Array.of(new float[] {1, 0, 0, 1, 1, 1}, 3, 2),
                "heads.t.bias", Array.of(new float[] {0.5f, 0, 0})));
        Array states = Array.of(new float[] {1, 2, 3, 6, 99, 99}, 1, 3, 2);
        assertThat(Given.head(TASK, weights, states, Array.of(new long[] {1, 1, 0}, 1, 3)))
                .isEqualTo(Array.of(new float[] {2.5f, 4, 6}, 1, 3));
    }

    @Test
    void labelsAreSortedUnlessTheProjectGivesThem() {
        assertThat(TASK.labels()).containsExactly("maybe", "no", "yes");
        TaskSpec given = Given.textSpec("classify", "labels", List.of("yes", "no", "never"));
        assertThat(Given.task(given, "no", "yes").labels()).containsExactly("yes", "no", "never");
    }

    @Test
    void theAnswerIsTheLikeliestLabelWithAllProbabilities() {
        Answer.Labelled answer =
                (Answer.Labelled) TASK.decode(new float[] {0, (float) Math.log(2), 0}, Given.words("x"), null);
        assertThat(answer.label()).isEqualTo("no");
        assertThat(answer.scores().keySet()).containsExactly("maybe", "no", "yes");
        assertThat(answer.scores().get("no")).isCloseTo(0.5, within(1e-6));
        assertThat(answer.scores().get("yes")).isCloseTo(0.25, within(1e-6));
    }

    @Test
    void anUnseenLabelIsAProblemThatNamesTheNearest() {
        Example row = Given.examples(SPEC, "mabye").get(0);
        assertThat(new Classify().problems(TASK, row))
                .containsExactly("label 'mabye' never occurs in training; did you mean 'maybe'?");
        assertThat(new Classify().problems(TASK, Given.examples(SPEC, "no").get(0)))
                .isEmpty();
    }

    @Test
    void aLabelOutsideTheDeclaredOnesIsRefusedWhereItStands() {
        TaskSpec given = Given.textSpec("classify", "labels", List.of("yes", "no"));
        assertThatThrownBy(() -> Given.examples(given, "yess"))
                .isInstanceOf(InputException.class)
                .hasMessage("data.csv:7: label 'yess' is not among the labels of task 't'; did you mean 'yes'?");
    }

    @Test
    void aTaskNeedsTwoLabels() {
        assertThatThrownBy(() -> Given.task(SPEC, "yes", "yes"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("every labelled row of train.csv has the label 'yes'");
        assertThatThrownBy(() -> Given.task(SPEC, (Object) null))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no row of train.csv has a label in 'label'");
        assertThatThrownBy(() -> Given.task(Given.textSpec("classify", "labels", List.of("a", "a")), "a"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("two different labels");
    }

    @Test
    void aPairHasTwoTextsAndARowWithoutOneIsRefused() {
        TaskSpec pairs = Given.textSpec("classify", "text2", "label");
        assertThat(Given.task(pairs, "a", "b").pairs()).isTrue();
        assertThat(TASK.pairs()).isFalse();
        assertThat(Given.examples(pairs, "a").get(0)).isEqualTo(new Example("some text", "a", new Label.Name("a"), 7));
        assertThatThrownBy(() -> Given.examples(pairs, (Object) null))
                .isInstanceOf(InputException.class)
                .hasMessage("data.csv:7: the row has no 'label'");
    }

    @Test
    void freshWeightsAreSmallAndFollowTheSeed() {
        Weights weights = TASK.initial(1000, new SplittableRandom(5));
        float[] values = weights.get("heads.t.weight").floats();
        double squares = 0;
        for (float value : values) squares += value * value;
        assertThat(Math.sqrt(squares / values.length)).isCloseTo(0.02, within(0.001));
        assertThat(weights.get("heads.t.bias")).isEqualTo(Array.of(new float[3]));
        assertThat(TASK.initial(1000, new SplittableRandom(5)).get("heads.t.weight"))
                .isEqualTo(weights.get("heads.t.weight"));
    }

    @Test
    void metricsSkipRowsWithoutLabel() {
        List<Answer> answers = List.of(
                new Answer.Labelled("yes", Map.of()),
                new Answer.Labelled("no", Map.of()),
                new Answer.Labelled("no", Map.of()));
        Map<String, Double> metrics = TASK.metrics(Given.examples(SPEC, "yes", null, "yes"), answers);
        assertThat(metrics.keySet()).containsExactly("accuracy", "macro_f1");
        assertThat(metrics.get("accuracy")).isEqualTo(0.5);
        assertThat(metrics.get("macro_f1")).isCloseTo(1 / 3.0, within(1e-12));
    }
}
