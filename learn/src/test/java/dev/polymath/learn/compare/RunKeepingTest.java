package dev.polymath.learn.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.learn.Given;
import dev.polymath.learn.TaskRows;
import dev.polymath.learn.Trained;
import dev.polymath.learn.Trainer;
import dev.polymath.learn.TrainingListener;
import dev.polymath.project.TaskData;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of runs, and by what they are known. */
class RunKeepingTest {
    private static final String[] KINDS = {"classify", "multilabel", "ordinal", "regress", "tag"};

    @TempDir
    private Path folder;

    @Test
    void answersOfEveryKindGiveTheSameMetricsOnceKept() throws IOException {
        List<TaskRows> rows = Given.rows(KINDS);
        Trainer trainer = Given.trainer(rows, Given.spec(1, 1));
        Trained trained = trainer.train(null, false, TrainingListener.NONE, () -> false);
        ObjectMapper json = new ObjectMapper();
        for (Task task : trained.tasks()) {
            List<Example> test = Given.examples(task.type(), 30, new Random(9));
            List<Answer> answers = trainer.answers(trained, task.name(), test);
            StoredAnswers kept = StoredAnswers.of(answers);
            StoredAnswers read = json.readValue(json.writeValueAsString(kept), StoredAnswers.class);
            assertThat(task.metrics(test, read.answers())).as(task.type()).isEqualTo(task.metrics(test, answers));
            assertThatAnyItemsCanBeMeasured(task, test, answers, kept);
        }
    }

    private static void assertThatAnyItemsCanBeMeasured(
            Task task, List<Example> test, List<Answer> answers, StoredAnswers kept) {
        TaskData data = new TaskData(null, task, List.of(), List.of(), test, 0);
        ItemMetric metric = Summarizer.metric(data, new RunResult.Measured(Map.of(), "", kept));
        int[] items = new Random(2).ints(30, 0, 30).toArray();
        List<Example> examples = Arrays.stream(items).mapToObj(test::get).toList();
        List<Answer> theirs = Arrays.stream(items).mapToObj(answers::get).toList();
        double expected = task.metrics(examples, theirs).values().iterator().next();
        assertThat(metric.of(items)).as(task.type()).isCloseTo(expected, within());
        assertThat(metric.of(IntStream.range(0, 30).toArray()))
                .isCloseTo(task.metrics(test, answers).values().iterator().next(), within());
    }

    private static Offset<Double> within() {
        return Offset.offset(1e-12);
    }

    @Test
    void aResultIsKeptWhole() {
        RunStore store = new RunStore(folder.resolve("a/b"));
        RunResult result = result(Double.NaN);
        assertThat(store.find("k")).isNull();
        store.save("k", result);
        assertThat(new RunStore(folder.resolve("a/b")).find("k")).isEqualTo(result);
        assertThat(store.find("l")).isNull();
        store.save("k", result(3));
        assertThat(store.find("k")).isEqualTo(result(3));
        assertThat(folder.resolve("a/b"))
                .isDirectoryContaining("glob:**k.json")
                .isDirectoryNotContaining("glob:**writing*");
    }

    @Test
    void aBrokenFileIsAsGoodAsNone() throws IOException {
        RunStore store = new RunStore(folder);
        for (String broken : List.of("", "{\"tasks\": {", "{}", "null", "[]")) {
            Files.writeString(folder.resolve("k.json"), broken);
            assertThat(store.find("k")).as(broken).isNull();
        }
    }

    @Test
    void aPlaceThatIsAFileIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> new RunStore(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("file");
    }

    @Test
    void theKeyDependsOnWhatIsLearnedTestedAndRun() {
        String key = RunKey.of("a", Map.of("t", "b"), "c");
        assertThat(RunKey.of("a", Map.of("t", "b"), "c")).isEqualTo(key);
        assertThat(RunKey.of("x", Map.of("t", "b"), "c")).isNotEqualTo(key);
        assertThat(RunKey.of("a", Map.of("t", "x"), "c")).isNotEqualTo(key);
        assertThat(RunKey.of("a", Map.of("x", "b"), "c")).isNotEqualTo(key);
        assertThat(RunKey.of("a", Map.of("t", "b"), "x")).isNotEqualTo(key);
    }

    @Test
    void theDigestOfRowsDependsOnTheirTextsAndLabels() {
        String digest = RunKey.rows(List.of(new Example("a", "b", new Label.Name("x"), 2)));
        assertThat(RunKey.rows(List.of(new Example("a", "b", new Label.Name("x"), 9))))
                .isEqualTo(digest);
        assertThat(RunKey.rows(List.of(new Example("a", "c", new Label.Name("x"), 2))))
                .isNotEqualTo(digest);
        assertThat(RunKey.rows(List.of(new Example("a", "b", new Label.Name("y"), 2))))
                .isNotEqualTo(digest);
        assertThat(tags("O")).isEqualTo(tags("O")).isNotEqualTo(tags("B-X"));
    }

    private static String tags(String tag) {
        return RunKey.rows(
                List.of(new Example("a", null, new Label.Tags(List.of(tag), new int[] {0}, new int[] {1}), 1)));
    }

    @Test
    void aCurveHasFiftyPointsAtMostAndForgetsWhatComesAgain() {
        RunCurves curves = new RunCurves(folder.resolve("curves.json"), TrainingListener.NONE, false);
        curves.begin(0, 1000);
        for (int step = 1; step <= 600; step++) {
            curves.step(step, 1, 1, 1);
            curves.factors(step, Map.of("a", step <= 20 ? 2.0 : 1.0));
            if (step == 500) curves.epoch(1, Map.of("a", Map.of("f1", 0.5)), 0.5, true);
        }
        assertThat(curves.points().get("a")).hasSize(30);
        assertThat(curves.points().get("a").get(0)).isEqualTo(new Summary.Point(0.01, 2));
        assertThat(curves.points().get("a").get(1)).isEqualTo(new Summary.Point(0.03, 1));

        RunCurves resumed = new RunCurves(folder.resolve("curves.json"), TrainingListener.NONE, true);
        resumed.begin(400, 1000);
        assertThat(resumed.dev()).isEmpty();
        assertThat(resumed.points().get("a")).hasSize(20);
        RunCurves later = new RunCurves(folder.resolve("curves.json"), TrainingListener.NONE, true);
        later.begin(500, 1000);
        assertThat(later.dev()).containsExactly(Map.of("a", 0.5));
    }

    @Test
    void factorsThatAreAlwaysOneAreNoCurve() {
        RunCurves curves = new RunCurves(folder.resolve("curves.json"), TrainingListener.NONE, false);
        curves.begin(0, 2);
        curves.factors(1, Map.of("a", 1.0));
        assertThat(curves.points()).isEmpty();
        curves.factors(2, Map.of("a", 1.5));
        assertThat(curves.points()).containsOnlyKeys("a");
    }

    private static RunResult result(double peak) {
        StoredAnswers answers = StoredAnswers.of(List.of(new Answer.Value(0.1), new Answer.Value(-3)));
        return new RunResult(
                Map.of("t", new RunResult.Measured(Map.of("spearman", 0.25), "digest", answers)),
                List.of(Map.of("t", 0.125)),
                Map.of("t", List.of(new Summary.Point(0.5, 2))),
                new Summary.Cost(10, 1.5, 100, peak));
    }
}
