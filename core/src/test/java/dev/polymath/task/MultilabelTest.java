package dev.polymath.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.project.TaskSpec;
import dev.polymath.weights.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MultilabelTest {
    private static final TaskSpec SPEC = Given.textSpec("multilabel");
    private static final Task TASK = Given.task(SPEC, "a|b", "b", "");

    @Test
    void aCellIsSplitAndAnEmptyOneHasNoLabels() {
        assertThat(labels(Given.textSpec("multilabel", "separator", "; "), "a; b;c"))
                .containsExactly("a", "b;c");
        assertThat(labels(SPEC, " b | a||b")).containsExactly("b", "a");
        assertThat(labels(SPEC, "")).isEmpty();
        assertThat(labels(SPEC, List.of("x|y", "z"))).containsExactly("x|y", "z");
        assertThat(Given.examples(SPEC, (Object) null).get(0).label()).isNull();
    }

    @Test
    void theLossIsTheSumOverLabelsAndTheMeanOverRows() {
        Array output = Array.of(new float[] {1, -1, 2, 0, 9, 9}, 3, 2);
        List<Example> rows = Given.examples(SPEC, "a", "", null);
        // log(1+e) - 1 + log(1+1/e) = 0.626523 and log(1+e^2) + log 2 = 2.820075; the third row is not labelled.
        double loss = Given.loss(TASK, output, TASK.target(rows, Given.encodings(3), 3));
        assertThat(loss).isCloseTo((0.626523 + 2.820075) / 2, within(1e-5));
    }

    @Test
    void theBiasBeginsAtTheSharesOfTheLabels() {
        float[] bias =
                TASK.initial(4, new SplittableRandom(1)).get("heads.t.bias").floats();
        // a in 1 of 3 rows, b in 2 of 3, with half a row added either way.
        assertThat(bias[0]).isCloseTo((float) Math.log(1.5 / 2.5), within(1e-6f));
        assertThat(bias[1]).isCloseTo((float) Math.log(2.5 / 1.5), within(1e-6f));
    }

    @Test
    void theFittedThresholdStaysWithTheTask() {
        List<Example> rows = Given.examples(SPEC, "a", "b", "a|b", "");
        List<float[]> outputs =
                List.of(new float[] {-1, -3}, new float[] {-4, -1}, new float[] {-2, -1}, new float[] {-4, -3});
        assertThat(answers(TASK, outputs)).containsOnly(List.of());
        Task fitted = TASK.calibrated(rows, outputs);
        assertThat(answers(fitted, outputs)).containsExactly(List.of("a"), List.of("b"), List.of("a", "b"), List.of());
        assertThat(answers(Given.restored(fitted), outputs)).isEqualTo(answers(fitted, outputs));
        double threshold = fitted.state().get("threshold").asDouble();
        assertThat(threshold).isBetween(1 / (1 + Math.exp(3)), 1 / (1 + Math.exp(2)));
        assertThat(TASK.calibrated(List.of(), List.of())
                        .state()
                        .get("threshold")
                        .asDouble())
                .isEqualTo(0.5);
    }

    @Property(tries = 200)
    void noThresholdIsBetterThanTheFittedOne(
            @ForAll @Size(min = 2, max = 12) List<Boolean> present, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<double[]> scores = new ArrayList<>();
        List<boolean[]> gold = new ArrayList<>();
        for (boolean label : present) {
            scores.add(new double[] {random.nextInt(5) / 4.0});
            gold.add(new boolean[] {label});
        }
        double best = f1(scores, gold, Threshold.best(scores, gold, 0.5));
        for (double threshold = 0; threshold <= 1; threshold += 0.125) {
            assertThat(f1(scores, gold, threshold)).isLessThanOrEqualTo(best + 1e-12);
        }
    }

    @Test
    void everyUnseenLabelIsAProblem() {
        assertThat(new Multilabel().problems(TASK, Given.examples(SPEC, "a|x|y").get(0)))
                .hasSize(2);
    }

    private static double f1(List<double[]> scores, List<boolean[]> gold, double threshold) {
        int hits = 0;
        int predicted = 0;
        int golds = 0;
        for (int i = 0; i < scores.size(); i++) {
            boolean over = scores.get(i)[0] >= threshold;
            if (over) predicted++;
            if (gold.get(i)[0]) golds++;
            if (over && gold.get(i)[0]) hits++;
        }
        return F1.of(hits, predicted, golds);
    }

    private static List<List<String>> answers(Task task, List<float[]> outputs) {
        List<List<String>> answers = new ArrayList<>();
        for (float[] output : outputs) answers.add(((Answer.MultiLabelled) task.decode(output, null, null)).labels());
        return answers;
    }

    private static List<String> labels(TaskSpec spec, Object cell) {
        return ((Label.Names) Given.examples(spec, cell).get(0).label()).names();
    }
}
