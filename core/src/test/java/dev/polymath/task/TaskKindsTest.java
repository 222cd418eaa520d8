package dev.polymath.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.TaskSpec;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What holds for every kind of task. */
class TaskKindsTest {
    private static final int WIDTH = 3;

    /** A task with labelled rows and rows without a label. */
    private record Made(Task task, List<Example> rows) {}

    @Test
    void everyKindIsFoundByItsNameAndReadsWhatItRequires() {
        assertThat(TaskKinds.types()).contains("classify", "multilabel", "ordinal", "regress", "tag");
        for (TaskKind kind : TaskKinds.all()) {
            assertThat(TaskKinds.named(kind.type())).isSameAs(kind);
            assertThat(kind.keys()).containsAll(kind.required());
            assertThat(kind.summary()).isNotBlank();
        }
        assertThatThrownBy(() -> TaskKinds.named("clasify"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("did you mean 'classify'?");
    }

    @Property(tries = 15)
    void headsAndLossesAreFiniteAndTasksOutliveTheirState(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 4) int rows,
            @ForAll @IntRange(min = 2, max = 6) int tokens) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Made made : made()) {
            List<Example> batch = new ArrayList<>();
            for (int i = 0; i < rows; i++) batch.add(made.rows.get(random.nextInt(made.rows.size())));
            check(made.task, batch, tokens, random);
        }
    }

    private static void check(Task task, List<Example> batch, int tokens, SplittableRandom random) {
        float scale = (float) Math.pow(10, random.nextInt(-3, 4));
        float[] states = new float[batch.size() * tokens * WIDTH];
        for (int i = 0; i < states.length; i++) states[i] = (float) (scale * random.nextGaussian());
        long[] mask = new long[batch.size() * tokens];
        for (int i = 0; i < mask.length; i++) mask[i] = i % tokens == 0 ? 1 : random.nextInt(2);
        Weights weights = task.initial(WIDTH, random);
        assertThat(weights.names()).allMatch(name -> name.startsWith("heads.t."));
        Array output = Given.head(
                task, weights, Array.of(states, batch.size(), tokens, WIDTH), Array.of(mask, batch.size(), tokens));
        for (float value : output.floats()) assertThat(value).isFinite();
        List<Encoding> encodings =
                batch.stream().map(row -> Given.words(row.text())).toList();
        double loss = Given.loss(task, output, task.target(batch, encodings, tokens));
        assertThat(loss).isFinite().isGreaterThanOrEqualTo(0);

        List<float[]> outputs = rows(output, batch.size());
        Task fitted = task.calibrated(batch, outputs);
        Task again = Given.restored(fitted);
        assertThat(again.state()).isEqualTo(fitted.state());
        assertThat(again.labels()).isEqualTo(fitted.labels());
        assertThat(again.pairs()).isEqualTo(fitted.pairs());
        List<Answer> answers = answers(fitted, batch, outputs, encodings);
        assertThat(answers(again, batch, outputs, encodings)).isEqualTo(answers);
        for (double metric : again.metrics(batch, answers).values()) {
            assertThat(metric).isFinite();
        }
    }

    private static List<Answer> answers(
            Task task, List<Example> batch, List<float[]> outputs, List<Encoding> encodings) {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            answers.add(task.decode(outputs.get(i), encodings.get(i), batch.get(i)));
        }
        return answers;
    }

    private static List<float[]> rows(Array output, int count) {
        float[] all = output.floats();
        int size = all.length / count;
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) rows.add(Arrays.copyOfRange(all, i * size, (i + 1) * size));
        return rows;
    }

    private static List<Made> made() {
        List<Made> made = new ArrayList<>();
        made.add(made(Given.textSpec("classify", "pooling", "cls", "text2", "text"), "a", "b", "c", null));
        made.add(made(Given.textSpec("multilabel"), "a|b", "", "c", null));
        made.add(made(Given.textSpec("ordinal"), "1", "2", "3", "5", null));
        made.add(made(Given.textSpec("regress"), "1", "-2.5", "1e6", null));
        made.add(sentences("B-X O", "I-X I-X", "O B-Y"));
        made.add(sentences("NOUN VERB", "DET NOUN"));
        Task quality = new QualityTask("t", Poolings.MEAN, "", 0.75, List.of());
        List<Example> passages = List.of(
                new Example("a b", null, new Label.Answering(true, 1), 1),
                new Example("c", null, new Label.Answering(false, 3), 2));
        made.add(new Made(quality, passages));
        return made;
    }

    private static Made made(TaskSpec spec, Object... labels) {
        List<Example> rows = Given.examples(spec, labels);
        return new Made(TaskKinds.named(spec.type()).create(spec, rows), rows);
    }

    private static Made sentences(String... tags) {
        TaskSpec spec = Given.spec("tag", "token", "0", "label", "1");
        TaskKind kind = TaskKinds.named("tag");
        List<Example> rows = new ArrayList<>();
        for (String row : tags) rows.add(kind.example(spec, Given.sentence("some text", row)));
        Task task = kind.create(spec, Collections.unmodifiableList(rows));
        rows.add(new Example("", null, null, 9));
        return new Made(task, rows);
    }
}
