package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.model.Pretrained;
import dev.polymath.task.Task;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowDifficultyTest {
    private static final int ROWS = 300;
    private static final int[] WRONG = {7, 60, 111, 199, 290};

    @BeforeEach
    void oneThread() {
        torch.set_num_threads(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classify", "multilabel", "regress", "tag"})
    void aWrongLabelAmongManyClearOnesIsAmongTheHardest(String type) {
        List<Example> examples = clear(type);
        for (int row : WRONG)
            examples.set(
                    row, labelled(examples.get(row), wrong(examples.get(row).label())));
        double[] losses = losses(List.of(Given.task(type)), List.of(examples), 1)[0];
        double[] sorted = losses.clone();
        Arrays.sort(sorted);
        for (int row : WRONG) assertThat(losses[row]).isGreaterThanOrEqualTo(sorted[ROWS - 2 * WRONG.length]);
    }

    @Test
    void theSameSeedGivesTheSameAndATaskDoesNotChangeAnother() {
        List<Task> tasks = List.of(Given.task("classify"), Given.task("tag"));
        List<List<Example>> rows = List.of(clear("classify"), clear("tag"));
        double[][] one = losses(tasks, rows, 1);
        assertThat(losses(tasks, rows, 1)).isDeepEqualTo(one);
        assertThat(losses(tasks, rows, 2)[0]).isNotEqualTo(one[0]);
        assertThat(losses(tasks.subList(0, 1), rows.subList(0, 1), 1)[0]).isEqualTo(one[0]);
    }

    @Test
    void aRowWithoutALabelHasNoLoss() {
        List<Example> examples = clear("classify");
        examples.set(3, labelled(examples.get(3), null));
        double[] losses = losses(List.of(Given.task("classify")), List.of(examples), 1)[0];
        assertThat(losses[3]).isNaN();
        assertThat(Arrays.stream(losses).filter(Double::isFinite).count()).isEqualTo(ROWS - 1);
    }

    /** Each text is one word, two or three times: its label is plain to see. */
    private static List<Example> clear(String type) {
        List<Example> examples = new ArrayList<>();
        for (Example example : Given.examples(type, 100 * ROWS, new Random(5))) {
            List<String> words = List.of(example.text().split(" "));
            boolean one = words.stream().distinct().count() == 1 && words.size() <= 3;
            if (one && examples.size() < ROWS) examples.add(example);
        }
        assertThat(examples).hasSize(ROWS);
        return examples;
    }

    private static Example labelled(Example example, Label label) {
        return new Example(example.text(), null, label, example.line());
    }

    private static Label wrong(Label label) {
        if (label instanceof Label.Name name) return new Label.Name(name.name().equals("travel") ? "other" : "travel");
        if (label instanceof Label.Number number) return new Label.Number(number.value() + 6);
        if (label instanceof Label.Names names) {
            List<String> others = new ArrayList<>(List.of("refund", "bank", "film"));
            others.removeAll(names.names());
            return new Label.Names(others);
        }
        Label.Tags tags = (Label.Tags) label;
        List<String> flipped =
                tags.tags().stream().map(tag -> tag.equals("O") ? "B-LOC" : "O").toList();
        return new Label.Tags(flipped, tags.starts(), tags.ends());
    }

    private static double[][] losses(List<Task> tasks, List<List<Example>> examples, long seed) {
        Pretrained bert = Given.bert(0.1);
        Weights initial = bert.weights();
        List<EncodedRows> rows = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            initial = initial.with(tasks.get(i).initial(bert.backbone().width(), new SplittableRandom(1)));
            rows.add(new EncodedRows(examples.get(i), Given.encodings(examples.get(i))));
        }
        return RowDifficulty.of(Given.network(bert, tasks), initial, tasks, rows, seed);
    }
}
