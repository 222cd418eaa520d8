package dev.polymath.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.pooling.Poolings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QualityTest {
    private final QualityTask task = new QualityTask("worth", Poolings.MEAN, "", 0.75, List.of());

    private static Example row(boolean answers, double times) {
        return new Example("a", null, new Label.Answering(answers, times), 1);
    }

    @Test
    void thresholdsLeaveTheShareThatTheRowsStandFor() {
        List<Example> rows = new ArrayList<>();
        List<float[]> outputs = new ArrayList<>();
        // 10 that answer, with scores 10 to 19, and 10 that stand for 9 others each, with scores 0 to 9.
        for (int i = 0; i < 10; i++) {
            rows.add(row(true, 1));
            outputs.add(new float[] {10 + i});
            rows.add(row(false, 9));
            outputs.add(new float[] {i});
        }
        QualityTask fitted = (QualityTask) task.calibrated(rows, outputs);
        assertThat(fitted.percentiles()).hasSize(101).isSorted();
        assertThat(fitted.threshold(1)).isEqualTo(Double.NEGATIVE_INFINITY);
        // Nine percent lie at each score from 0 to 9, and one at each from 10 on.
        assertThat(fitted.threshold(0.75)).isEqualTo(2);
        assertThat(fitted.threshold(0.5)).isEqualTo(5);
        assertThat(fitted.threshold(0.1)).isEqualTo(10);
        assertThat(fitted.threshold(0.05)).isCloseTo(15, within(1e-9));
        QualityTask again = (QualityTask) Given.restored(fitted);
        assertThat(again).isEqualTo(fitted);
        assertThat(task.calibrated(List.of(), List.of())).isSameAs(task);
    }

    @Test
    void metricsAreTheOrderOfPassagesAndWhatStaysOfAnswers() {
        QualityTask fitted = new QualityTask("worth", Poolings.MEAN, "", 0.5, List.of(-2.0, 0.0, 2.0));
        List<Example> rows = List.of(row(true, 1), row(true, 1), row(false, 1), row(false, 1));
        List<Answer> answers = new ArrayList<>();
        for (float score : new float[] {1, -1, 0.5f, -1}) answers.add(fitted.decode(new float[] {score}, null, null));
        Map<String, Double> metrics = fitted.metrics(rows, answers);
        // The first is above both others, the second above none and as high as one.
        assertThat(metrics.get("auc")).isCloseTo((1 + 0.25) / 2, within(1e-12));
        assertThat(metrics.get("answers_kept")).isCloseTo(0.5, within(1e-12));
    }
}
