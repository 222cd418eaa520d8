package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.PartSpec;
import dev.polymath.project.TrainSpec;
import dev.polymath.task.Answer;
import dev.polymath.task.Cut;
import dev.polymath.task.Embed;
import dev.polymath.task.Embedder;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What nested vectors begin from. */
class NestedHeadsTest {
    private static final List<String> WORDS =
            List.of("train", "refund", "paris", "madrid", "water", "battery", "film", "slow", "bank", "price");
    private static final Map<String, Object> BOTH = Map.of("widths", List.of(16, 4), "layers", List.of(1, 2));
    private static final TrainSpec FROZEN = new TrainSpec(
            1,
            200,
            1e-3,
            1e-3,
            1e-3,
            TrainSpec.Learns.FROZEN,
            0.1,
            0,
            1,
            0,
            40,
            Integer.MAX_VALUE,
            TrainSpec.Precision.FP32,
            1);

    private static Embedder task(String pooling, Map<String, Object> knobs) {
        PartSpec nested = knobs.isEmpty() ? null : new PartSpec("matryoshka", knobs);
        PartSpec pooled = new PartSpec(pooling, Map.of());
        PartSpec loss = new PartSpec("cosine", Map.of());
        return new Embedder("alike", "embed", Poolings.CATALOGUE.make(pooled), loss, 20, Map.of(), true, nested);
    }

    /** Texts of three words each, no two the same. */
    private static List<Example> rows() {
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String text = WORDS.get(i % 10) + " the " + WORDS.get(i / 10);
            rows.add(new Example(text, WORDS.get(i / 10) + " a " + WORDS.get(i % 10), new Label.Number(1), i));
        }
        return rows;
    }

    private static Trainer trainer(Embedder task, TrainSpec spec) {
        return new Trainer(Given.bert(0), List.of(new TaskRows(task, rows(), List.of())), Given.PARTS, spec);
    }

    private static Trainer trainer(Embedder task) {
        return trainer(task, Given.spec(1, 1));
    }

    /** Cosines of pairs before anything is learned. */
    private static double[] cosines(Embedder whole, Cut cut) {
        Trainer trainer = trainer(whole);
        Embedder some = cut.isNone() ? whole : whole.cut(cut, Given.bert(0).backbone());
        Trained begun = new Trained(List.of(some), trainer.initial(), 0, Map.of(), 0, 0, "");
        return trainer.answers(begun, "alike", rows()).stream()
                .mapToDouble(answer -> ((Answer.Value) answer).value())
                .toArray();
    }

    private static double distance(double[] first, double[] second) {
        double sum = 0;
        for (int i = 0; i < first.length; i++) sum += Math.abs(first[i] - second[i]) / first.length;
        return sum;
    }

    @Test
    void wholeVectorsKeepTheirCosinesAndOthersComeNearThem() {
        double[] plain = cosines(task("mean", Map.of()), Cut.NONE);
        double[] turned = cosines(task("mean", BOTH), Cut.NONE);
        assertThat(turned).containsExactly(plain, within(1e-5));
        Map<String, Object> unfitted = Map.of("widths", List.of(16, 4), "layers", List.of(1, 2), "fitted", false);
        for (Cut cut : List.of(new Cut(4, 0), new Cut(0, 1), new Cut(16, 1))) {
            double fitted = distance(cosines(task("mean", BOTH), cut), plain);
            double not = distance(cosines(task("mean", unfitted), cut), plain);
            System.out.printf("%s: %.4f from whole vectors' cosines, %.4f as they are%n", cut, fitted, not);
            assertThat(fitted).isLessThan(not);
        }
    }

    @Test
    void rotationIsOrthogonalWithTheLargestMeanSquareFirstAndStays() {
        Trainer trainer = trainer(task("mean", BOTH));
        float[] rotation = trainer.initial().get("heads.alike.rotation").floats();
        for (int i = 0; i < 32; i++) {
            for (int j = 0; j <= i; j++) {
                double product = 0;
                for (int row = 0; row < 32; row++) product += rotation[row * 32 + i] * rotation[row * 32 + j];
                assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-5));
            }
        }
        assertThat(trainer.kind("heads.alike.rotation")).isNull();
        assertThat(trainer.kind("heads.alike.depth.1.weight")).isNotNull();
        assertThat(trainer.kind("heads.alike.depth.1.bias")).isNotNull();
        // Behind all layers there is nothing to predict.
        assertThat(trainer.initial().names()).doesNotContain("heads.alike.depth.2.weight");
    }

    @Test
    void itIsThereWhereItIsOfUse() {
        assertThat(names(task("mean", Map.of()))).isEmpty();
        assertThat(names(task("mean", Map.of("widths", List.of(4), "fitted", false))))
                .isEmpty();
        assertThat(names(task("mean", Map.of("widths", List.of(4))))).containsExactly("heads.alike.rotation");
        assertThat(names(task("mean", Map.of("layers", List.of(1)))))
                .containsExactlyInAnyOrder("heads.alike.depth.1.weight", "heads.alike.depth.1.bias");
        assertThat(task("whitening", Map.of("widths", List.of(4))).maps()).isNull();
    }

    private static List<String> names(Embedder task) {
        return trainer(task).initial().names().stream()
                .filter(name -> name.startsWith("heads."))
                .toList();
    }

    @Test
    void shallowMapsLearnOverABackboneThatStays() {
        Trainer trainer = trainer(task("mean", BOTH), FROZEN);
        assertThat(trainer.learned()).isEqualTo(32 * 32 + 32);
        Weights learned =
                trainer.train(null, false, TrainingListener.NONE, () -> false).weights();
        assertThat(learned.get("heads.alike.rotation"))
                .isEqualTo(trainer.initial().get("heads.alike.rotation"));
        assertThat(learned.get("heads.alike.depth.1.weight"))
                .isNotEqualTo(trainer.initial().get("heads.alike.depth.1.weight"));
    }

    @Test
    void modelsOfBeforeHaveNone() {
        ObjectNode state = task("mean", BOTH).state();
        assertThat(((Embedder) new Embed().restore("alike", state)).maps()).isNotNull();
        state.remove("fitted");
        Embedder old = (Embedder) new Embed().restore("alike", state);
        assertThat(old.maps()).isNull();
        assertThat(old.nested().widths()).containsExactly(16, 4);
        assertThat(old.state()).isEqualTo(state);
        assertThat(old.heads(2)).hasSize(1);
    }
}
