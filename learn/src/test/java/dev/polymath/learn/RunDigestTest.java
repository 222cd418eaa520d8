package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.PartSpec;
import dev.polymath.task.Embedder;
import dev.polymath.task.Task;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunDigestTest {
    private static final Weights WEIGHTS = new Weights(Map.of("w", Array.scalar(1)));

    @Test
    void equalRowsOfEveryKindOfLabelGiveTheSame() {
        for (String type : List.of("classify", "multilabel", "ordinal", "regress", "tag")) {
            assertThat(digest(rows(type, 1)))
                    .as(type)
                    .isEqualTo(digest(rows(type, 1)))
                    .isNotEqualTo(digest(rows(type, 2)));
        }
    }

    @Test
    void anotherLabelOrTextIsAnotherRun() {
        String one = digest(row("slow train", new Label.Name("a")));
        assertThat(digest(row("slow train", new Label.Name("b")))).isNotEqualTo(one);
        assertThat(digest(row("slow train", null))).isNotEqualTo(one);
        assertThat(digest(row("slow water", new Label.Name("a")))).isNotEqualTo(one);
        int[] starts = {0, 5};
        String tags = digest(row("slow train", new Label.Tags(List.of("O", "B-X"), starts, new int[] {4, 10})));
        assertThat(digest(row("slow train", new Label.Tags(List.of("B-X", "O"), starts, new int[] {4, 10}))))
                .isNotEqualTo(tags);
        assertThat(digest(row("slow train", new Label.Tags(List.of("O", "B-X"), starts, new int[] {4, 9}))))
                .isNotEqualTo(tags);
    }

    @Test
    void otherSettingsPartsTasksOrWeightsAreAnotherRun() {
        String one = new RunDigest().add(Given.spec(1, 1)).of(WEIGHTS);
        assertThat(new RunDigest().add(Given.spec(1, 1)).of(WEIGHTS)).isEqualTo(one);
        assertThat(new RunDigest().add(Given.spec(1, 2)).of(WEIGHTS)).isNotEqualTo(one);
        assertThat(new RunDigest().add(Given.spec(1, 1)).of(new Weights(Map.of("w", Array.scalar(2)))))
                .isNotEqualTo(one);
        String task = new RunDigest().add(Given.task("classify")).of(WEIGHTS);
        assertThat(new RunDigest().add(Given.task("classify")).of(WEIGHTS)).isEqualTo(task);
        assertThat(new RunDigest().add(Given.task("regress")).of(WEIGHTS)).isNotEqualTo(task);
    }

    @Test
    void whatATaskLearnsByIsPartOfTheRun() {
        String one = digest(embedder("contrastive", 64, null));
        assertThat(digest(embedder("contrastive", 64, null))).isEqualTo(one);
        assertThat(digest(embedder("triplet", 64, null))).isNotEqualTo(one);
        assertThat(digest(embedder("contrastive", 32, null))).isNotEqualTo(one);
        assertThat(digest(embedder("contrastive", 64, aligned(0.5))))
                .isNotEqualTo(digest(embedder("contrastive", 64, aligned(1))));
    }

    private static PartSpec aligned(double alignment) {
        return new PartSpec("matryoshka", Map.of("layers", List.of(1), "alignment", alignment));
    }

    private static Task embedder(String loss, int rows, PartSpec nested) {
        return new Embedder(
                "same", "embed", Poolings.MEAN, new PartSpec(loss, Map.of()), rows, Map.of(), false, nested);
    }

    private static String digest(Task task) {
        return new RunDigest().add(task).of(WEIGHTS);
    }

    @Test
    void knobsCountWhateverTheirOrder() {
        // Map.of has an order of its own in each process, so the text that is digested has to have one by itself.
        PartSpec part = new PartSpec("lora", Map.of("rank", 8, "alpha", 16, "dropout", 0.1, "sites", List.of("a")));
        assertThat(new RunDigest().add(part).of(WEIGHTS))
                .isEqualTo(new RunDigest()
                        .add("lora{alpha=16, dropout=0.1, rank=8, sites=[a]}")
                        .of(WEIGHTS));
    }

    @Test
    void numbersByTaskCountWhateverTheirOrder() {
        PartSpec part = new PartSpec("dynamic", Map.of("scores", Map.of("c", 0.3, "a", 0.1, "d", 0.4, "b", 0.2)));
        assertThat(new RunDigest().add(part).of(WEIGHTS))
                .isEqualTo(new RunDigest()
                        .add("dynamic{scores={a=0.1, b=0.2, c=0.3, d=0.4}}")
                        .of(WEIGHTS));
    }

    private static String digest(EncodedRows rows) {
        return new RunDigest().add(rows).of(WEIGHTS);
    }

    private static EncodedRows rows(String type, long seed) {
        List<Example> examples = Given.examples(type, 6, new Random(seed));
        return new EncodedRows(examples, Given.encodings(examples));
    }

    private static EncodedRows row(String text, Label label) {
        List<Example> examples = List.of(new Example(text, null, label, 1));
        return new EncodedRows(examples, Given.encodings(examples));
    }
}
