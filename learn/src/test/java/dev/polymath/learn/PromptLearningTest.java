package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.project.PartSpec;
import dev.polymath.project.Parts;
import dev.polymath.project.SharingSpec;
import dev.polymath.project.TrainSpec;
import dev.polymath.project.TrainSpec.Precision;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prompts before texts of up to 40 tokens, on a tiny BERT that has no more positions than that. */
class PromptLearningTest {
    @ParameterizedTest
    @CsvSource({"prompt, FP32", "shared-prompt, FP32", "prompt-memory, FP32", "prompt-memory, BF16"})
    void whatAPartHasLearnsAndTheBackboneDoesNot(String part, Precision precision) {
        Trainer trainer = trainer(part, List.of(), precision);
        Trained trained = trainer.train(null, false, TrainingListener.NONE, () -> false);
        Weights before = trainer.initial();
        Weights after = trained.weights();
        SharingGroup group = trainer.groups().get(0);
        for (String name : before.names()) {
            boolean learns = name.startsWith("heads.") || name.startsWith("sharing.");
            assertThat(after.get(name).equals(before.get(name))).as(name).isNotEqualTo(learns);
            for (float value : after.get(name).floats()) assertThat(value).isFinite();
        }
        assertThat(before.names()).anyMatch(name -> name.startsWith(group.ownPrefix()));
        assertThat(trainer.own("classify"))
                .isEqualTo(group.own(before, "classify").parameters()
                        + before.filter(name -> name.startsWith("heads.classify."))
                                .parameters());
    }

    @Test
    void feedbackAlignmentSaysThatItDoesNotReachPrompts() {
        Trainer trainer = trainer("prompt", List.of(new PartSpec("feedback-alignment", Map.of())), Precision.FP32);
        assertThatThrownBy(() -> trainer.train(null, false, TrainingListener.NONE, () -> false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("feedback-alignment");
    }

    private static Trainer trainer(String part, List<PartSpec> habits, Precision precision) {
        TrainSpec plain = Given.spec(1, 1);
        TrainSpec spec = new TrainSpec(
                plain.epochs(),
                plain.batchTokens(),
                plain.learningRate(),
                plain.headLearningRate(),
                plain.sharingLearningRate(),
                plain.backbone(),
                plain.warmup(),
                plain.weightDecay(),
                plain.clip(),
                plain.dropout(),
                plain.maxTokens(),
                plain.maxRows(),
                precision,
                plain.seed());
        Parts parts = new Parts(
                SharingSpec.of(new PartSpec(part, Map.of())), Given.PARTS.balance(), Given.PARTS.sampling(), habits);
        List<TaskRows> rows = Given.rows("classify", "tag");
        List<TaskRows> longer = List.of(withLongText(rows.get(0)), rows.get(1));
        return new Trainer(Given.bert(0), longer, parts, spec);
    }

    /** The first row's text many times over: more than the backbone can read. */
    private static TaskRows withLongText(TaskRows rows) {
        List<Example> train = new ArrayList<>(rows.train());
        Example first = train.get(0);
        train.set(0, new Example((first.text() + " ").repeat(40), null, first.label(), first.line()));
        return new TaskRows(rows.task(), train, rows.dev());
    }
}
