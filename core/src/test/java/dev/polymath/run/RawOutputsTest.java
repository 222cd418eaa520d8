package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.data.Example;
import dev.polymath.pooling.Poolings;
import dev.polymath.task.Answer;
import dev.polymath.task.Embedder;
import dev.polymath.task.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies below answers: the heads' outputs, the hidden states, the tokens. */
class RawOutputsTest {
    @TempDir
    static Path parent;

    private static Polymath model;

    @BeforeAll
    static void open() {
        List<Task> tasks = new ArrayList<>(TinyModel.tasks());
        tasks.add(new Embedder("same", Poolings.MEAN));
        ModelFolder.write(parent.resolve("model"), TinyModel.contents(1, tasks));
        model = Polymath.open(parent.resolve("model"), new Polymath.Settings(1, 64));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void aQuestionGetsTheHeadsOutputsWhereItAsksForThem() {
        List<String> tasks = List.of("intent", "topics");
        List<Prediction> both = model.predict(
                List.of(new Question(Input.of("where is it"), tasks, true), new Question(Input.of("hello"), tasks)));
        assertThat(both.get(1).raw()).isEmpty();
        for (String name : tasks) {
            float[] expected = model.outputs(
                            model.folder().task(name), List.of(new Example("where is it", null, null, 0)))
                    .get(0);
            assertThat(both.get(0).raw().get(name)).containsExactly(expected, within(1e-5f));
            assertThat(both.get(0).json().at("/tasks/" + name + "/raw")).hasSize(expected.length);
            assertThat(both.get(1).json().at("/tasks/" + name).has("raw")).isFalse();
        }
    }

    @Test
    void theMeanOfATextsStatesPointsWhereItsVectorDoes() {
        List<String> texts = List.of("a", "where is my refund", "");
        List<float[]> states = model.states(model.folder().task("same"), texts);
        int width = model.folder().backbone().width();
        for (int i = 0; i < texts.size(); i++) {
            int tokens = model.tokenizer().encode(texts.get(i), null, 64).length();
            assertThat(states.get(i)).hasSize(tokens * width);
            double[] mean = new double[width];
            for (int at = 0; at < states.get(i).length; at++) mean[at % width] += states.get(i)[at];
            double length = 0;
            for (double value : mean) length += value * value;
            float[] vector = ((Answer.Vector)
                            model.predict(texts.get(i), "same").answers().get("same"))
                    .values();
            for (int at = 0; at < width; at++) {
                assertThat(mean[at] / Math.sqrt(length)).isCloseTo(vector[at], within(1e-5));
            }
        }
    }

    @Test
    void tokensAreReadBackAsTheirText() {
        int[] ids = model.tokenizer().encode("where is my refund?", null, 64).ids();
        assertThat(model.tokenizer().decode(ids, true)).isEqualTo("where is my refund?");
        assertThat(model.tokenizer().decode(ids, false)).startsWith("[CLS]").endsWith("[SEP]");
    }
}
