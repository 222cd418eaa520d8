package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.PartSpec;
import dev.polymath.project.TrainSpec;
import dev.polymath.task.Embedder;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Against numpy's, of tools/make_pooling_fixtures.py. */
class WhitenedHeadsTest {
    @Test
    void itIsFittedOnTheTrainingTextsBeforeTheFirstStep() throws IOException {
        JsonNode reference = reference();
        Trainer trainer = trainer(reference, reference.get("dimensions").asLong(), Given.spec(1, 1));
        Weights weights = trainer.initial();
        float[] mean = weights.get("heads.alike.whitening.mean").floats();
        for (int i = 0; i < mean.length; i++) {
            assertThat(mean[i]).isCloseTo((float) reference.get("mean").get(i).asDouble(), within(1e-4f));
        }
        float[] matrix = weights.get("heads.alike.whitening.matrix").floats();
        JsonNode rows = reference.get("matrix");
        int kept = rows.get(0).size();
        for (int column = 0; column < kept; column++) {
            // A direction may point either way.
            float sign = Math.signum(matrix[column]);
            for (int row = 0; row < rows.size(); row++) {
                assertThat(sign * matrix[row * kept + column])
                        .isCloseTo((float) rows.get(row).get(column).asDouble(), within(0.02f));
            }
        }
        assertThat(trainer.kind("heads.alike.whitening.matrix")).isNull();
    }

    @Test
    void aBackboneThatStaysAsItIsLeavesNothingToLearn() throws IOException {
        TrainSpec.Learns no = TrainSpec.Learns.FROZEN;
        TrainSpec frozen = new TrainSpec(
                1, 200, 1e-3, 1e-3, 1e-3, no, 0.1, 0, 1, 0, 40, Integer.MAX_VALUE, TrainSpec.Precision.FP32, 1);
        Trainer trainer = trainer(reference(), 4, frozen);
        assertThat(trainer.learned()).isZero();
        Trained trained = trainer.train(null, false, TrainingListener.NONE, () -> false);
        assertThat(trained.weights().asMap()).isEqualTo(trainer.initial().asMap());
    }

    @Test
    void tooFewTextsAreRefused() throws IOException {
        assertThatThrownBy(() -> trainer(reference(), 0, Given.spec(1, 1)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cannot stretch its 60 training texts in 32 directions");
    }

    private static JsonNode reference() throws IOException {
        try (InputStream in = WhitenedHeadsTest.class.getResourceAsStream("/poolings/bert.json")) {
            return new ObjectMapper().readTree(in).get("whitening");
        }
    }

    private static Trainer trainer(JsonNode reference, long dimensions, TrainSpec spec) {
        Embedder task = new Embedder(
                "alike",
                "embed",
                Poolings.CATALOGUE.make(new PartSpec("whitening", Map.of("dimensions", dimensions))),
                new PartSpec("cosine", Map.of()),
                20,
                Map.of(),
                true,
                null);
        List<Example> rows = new ArrayList<>();
        for (JsonNode text : reference.get("texts")) {
            rows.add(new Example(text.asText(), text.asText(), new Label.Number(1), rows.size()));
        }
        return new Trainer(Given.bert(0), List.of(new TaskRows(task, rows, List.of())), Given.PARTS, spec);
    }
}
