package dev.polymath.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.project.TaskSpec;
import dev.polymath.weights.Array;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegressTest {
    private static final TaskSpec SPEC = Given.textSpec("regress");
    private static final Task TASK = Given.task(SPEC, "2", "6", null);

    @Test
    void theLossIsTheMeanSquaredErrorInDeviations() {
        // Mean 4, deviation 2: the targets are 1 and -0.5, the errors 1 and 1.5; the third row is not labelled.
        Target target = TASK.target(Given.examples(SPEC, "6", "3", null), Given.encodings(3), 3);
        assertThat(target.values()).isEqualTo(Array.of(new float[] {1, -0.5f, 0}));
        assertThat(Given.loss(TASK, Array.of(new float[] {2, 1, 100}, 3, 1), target))
                .isCloseTo((1 + 2.25) / 2, within(1e-6));
    }

    @Test
    void theAnswerIsInTheUnitsOfTheData() {
        assertThat(TASK.decode(new float[] {-0.5f}, null, null)).isEqualTo(new Answer.Value(3));
        assertThat(Given.restored(TASK).decode(new float[] {-0.5f}, null, null)).isEqualTo(new Answer.Value(3));
    }

    @Test
    void whatIsNoNumberIsRefusedWhereItStands() {
        assertThatThrownBy(() -> Given.examples(SPEC, "high"))
                .isInstanceOf(InputException.class)
                .hasMessage("data.csv:7: 'high' in 'label' is not a number");
        assertThatThrownBy(() -> Given.examples(SPEC, "3,5")).hasMessageEndingWith("did you mean '3.5'?");
        for (String text : List.of("NaN", "Infinity", "1e999", "5f", "2d")) {
            assertThatThrownBy(() -> Given.examples(SPEC, text)).isInstanceOf(InputException.class);
        }
    }

    @Test
    void aTaskNeedsTwoNumbers() {
        assertThatThrownBy(() -> Given.task(SPEC, "3", "3.0"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("every labelled row of train.csv has the number 3.0");
    }

    @Test
    void metricsAreCorrelationsAndConstantAnswersHaveNone() {
        List<Answer> constant = List.of(new Answer.Value(1), new Answer.Value(1));
        assertThat(TASK.metrics(Given.examples(SPEC, "1", "2"), constant))
                .isEqualTo(Map.of("spearman", 0.0, "pearson", 0.0));
    }
}
