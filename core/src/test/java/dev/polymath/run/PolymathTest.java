package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.model.Backbones;
import dev.polymath.model.Hidden;
import dev.polymath.model.Inputs;
import dev.polymath.model.Sites;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolymathTest {
    private static final List<String> SINGLE = List.of("intent", "topics", "stars", "entities");

    @TempDir
    static Path parent;

    private static Path folder;
    private static Polymath model;

    @BeforeAll
    static void open() {
        folder = parent.resolve("model");
        ModelFolder.write(folder, TinyModel.contents(1));
        model = Polymath.open(folder, new Polymath.Settings(1, 64));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void aPredictedLineHasTheShapeOfTheContract() {
        ObjectNode line = model.predict(new Input("Where is my \uD83D\uDCE6 from Paris?", "Lost."))
                .json();
        assertThat(line.fieldNames()).toIterable().containsExactly("text", "text2", "tasks");
        JsonNode tasks = line.get("tasks");
        assertThat(tasks.fieldNames())
                .toIterable()
                .containsExactly("intent", "topics", "stars", "entities", "nli", "closeness");
        assertThat(tasks.get("intent").fieldNames()).toIterable().containsExactly("label", "scores");
        assertThat(tasks.get("intent").get("scores").get("refund").isDouble()).isTrue();
        assertThat(tasks.get("topics").fieldNames()).toIterable().containsExactly("labels", "scores");
        assertThat(tasks.get("topics").get("labels").isArray()).isTrue();
        assertThat(tasks.get("stars").fieldNames()).toIterable().containsExactly("label", "value");
        assertThat(tasks.get("closeness").fieldNames()).toIterable().containsExactly("value");
        for (JsonNode span : tasks.get("entities").get("spans")) {
            assertThat(span.fieldNames()).toIterable().containsExactly("start", "end", "text", "label", "score");
            String text = line.get("text").asText();
            assertThat(text.substring(span.get("start").asInt(), span.get("end").asInt()))
                    .isEqualTo(span.get("text").asText());
        }
        assertThat(model.predict("hello", "intent").json().fieldNames())
                .toIterable()
                .containsExactly("text", "tasks");
    }

    @Test
    void outputsAreThoseOfBackboneAndHeadInOnePiece() {
        for (Task task : model.tasks()) {
            Example row = new Example("where is my refund", task.pairs() ? "it is lost" : null, null, 0);
            Encoding encoding;
            try (Tokenizer tokenizer = new Tokenizer(model.folder().tokenizer())) {
                encoding = tokenizer.encode(row.text(), row.text2(), 64);
            }
            TokenBatch batch = TokenBatch.of(List.of(encoding), 0);
            float[] expected = OnnxEval.eval(
                            whole(task), model.folder().weights(), List.of(batch.ids(), batch.mask(), batch.types()))
                    .floats();
            Example other = new Example("another text of more tokens than that", task.pairs() ? "" : null, null, 0);
            float[] padded = model.outputs(task, List.of(other, row)).get(1);
            assertThat(padded).containsExactly(expected, within(1e-5f));
        }
    }

    @Test
    void aBatchAnswersAsSingleCallsDoAndInTheirOrder() {
        List<Input> inputs = inputs(40);
        List<Prediction> batch = model.predict(inputs, List.of());
        assertThat(batch).hasSameSizeAs(inputs);
        for (int i = 0; i < inputs.size(); i++) {
            assertThat(batch.get(i).text()).isEqualTo(inputs.get(i).text());
            assertThat(batch.get(i).text2()).isEqualTo(inputs.get(i).text2());
            assertSame(batch.get(i), model.predict(inputs.get(i)));
        }
        assertThat(batch.stream().map(PolymathTest::intent).distinct().count())
                .as("texts that are told apart")
                .isGreaterThan(20);
    }

    @Test
    void eightThreadsGetTheAnswersOfOne() throws Exception {
        List<Input> inputs = inputs(20);
        List<Prediction> expected = model.predict(inputs, List.of());
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<List<Prediction>>> calls = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                int shift = i;
                calls.add(() -> model.predict(rotated(inputs, shift), List.of()));
            }
            List<Future<List<Prediction>>> results = threads.invokeAll(calls);
            for (int i = 0; i < results.size(); i++) {
                List<Prediction> actual = results.get(i).get();
                List<Prediction> wanted = rotated(expected, i);
                for (int row = 0; row < wanted.size(); row++) assertSame(actual.get(row), wanted.get(row));
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void tasksAreAnsweredInTheOrderAskedForAndOnce() {
        assertThat(model.predict("hello", "stars", "intent", "stars").answers().keySet())
                .containsExactly("stars", "intent");
    }

    @Test
    void withNoTaskNamedEveryTaskThatAppliesAnswers() {
        List<Prediction> mixed =
                model.predict(List.of(new Input("a man eats", "he has food"), Input.of("hello")), List.of());
        assertThat(mixed.get(0).answers().keySet())
                .containsExactly("intent", "topics", "stars", "entities", "nli", "closeness");
        assertThat(mixed.get(1).answers().keySet()).containsExactlyElementsOf(SINGLE);
    }

    @Test
    void tasksOnSingleTextsReadTheFirstOfAPair() {
        Prediction pair = model.predict(new Input("a man eats", "he has food"), "intent");
        assertSame(pair, model.predict("a man eats", "intent"));
    }

    @Test
    void theSecondTextMattersToATaskOnPairs() {
        Answer one = model.predict(new Input("a man eats", "he has food"), "nli")
                .answers()
                .get("nli");
        Answer other = model.predict(new Input("a man eats", "nobody is there"), "nli")
                .answers()
                .get("nli");
        assertThat(one).isNotEqualTo(other);
    }

    @Test
    void aTaskOnPairsWithoutASecondTextIsAnErrorOfTheUser() {
        assertThatThrownBy(() -> model.predict("a man eats", "nli"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'nli' reads pairs")
                .hasMessageContaining("a man eats")
                .hasMessageContaining("intent, topics, stars, entities");
    }

    @Test
    void anUnknownTaskIsAnErrorOfTheUserThatNamesTheNearest() {
        assertThatThrownBy(() -> model.predict("hello", "topic"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("did you mean 'topics'?");
    }

    @Test
    void emptyAndEndlessTextsAreAnswered() {
        assertThat(model.predict("").answers().keySet()).containsExactlyElementsOf(SINGLE);
        String text = "where is my refund ".repeat(500);
        assertSame(model.predict(text, "intent"), model.predict(text + "and more", "intent"));
        assertThat(model.predict(List.of(), List.of("intent"))).isEmpty();
    }

    @Test
    void wordsThatAreGivenGetATagEach() {
        Task entities = model.folder().task("entities");
        Label.Tags words = new Label.Tags(List.of("O", "B-LOC"), new int[] {0, 3}, new int[] {2, 8});
        Answer.Spans answer = (Answer.Spans) model.answers(entities, List.of(new Example("in Paris", null, words, 1)))
                .get(0);
        assertThat(answer.tags()).hasSize(2);
    }

    @Test
    void evaluationCountsLabelledRowsAndReportsEachTasksMetrics() {
        String text = "where is my refund";
        String right =
                ((Answer.Labelled) model.predict(text, "intent").answers().get("intent")).label();
        String wrong = right.equals("refund") ? "greeting" : "refund";
        List<Example> rows = List.of(
                new Example(text, null, new Label.Name(right), 1),
                new Example(text, null, new Label.Name(wrong), 2),
                new Example(text, null, new Label.Name(wrong), 3),
                new Example(text, null, new Label.Name(wrong), 4),
                new Example(text, null, null, 5));
        ObjectNode report = Evaluation.evaluate(model, "test", Map.of("intent", rows));
        assertThat(report.at("/intent/type").asText()).isEqualTo("classify");
        assertThat(report.at("/intent/test/n").asInt()).isEqualTo(4);
        assertThat(report.at("/intent/test/accuracy").asDouble()).isEqualTo(0.25);
        assertThat(report.at("/intent/test").fieldNames()).toIterable().startsWith("n", "accuracy", "macro_f1");
    }

    @Test
    void aClosedModelSaysSoAndClosingTwiceDoesNothing() {
        Polymath closed = Polymath.open(folder);
        closed.close();
        closed.close();
        assertThatThrownBy(() -> closed.predict("hello"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void anEngineThatIsNotOnTheClassPathIsNamedWithWhatBringsIt() {
        assertThatThrownBy(() -> Polymath.open(folder, Polymath.Settings.DEFAULT.with(Engine.Kind.TORCH)))
                .isInstanceOf(InputException.class)
                .hasMessage("the engine 'torch' is not on the class path: it comes with the module polymath-learn; add"
                        + " that, or take the engine 'onnx'");
    }

    @Test
    void onnxRuntimeComputesNoBf16() {
        assertThatThrownBy(() -> Polymath.open(folder, Polymath.Settings.DEFAULT.with(Precision.BF16)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("take the engine 'torch' for it");
    }

    @Test
    void graphsThatAreClosedKeepNoMemory() throws Exception {
        ModelFolder opened = ModelFolder.open(folder);
        // Each holds 4 MB of weights.
        assertThat(leastGrowth(50, () -> new Graphs(opened, 1, Precision.FP32).close()))
                .isLessThan(100_000);
    }

    @Test
    void answersThatWereGivenKeepNoMemory() throws Exception {
        List<Input> inputs = Collections.nCopies(400, Input.of("where is my refund ".repeat(20)));
        try (Polymath wide = Polymath.open(folder, new Polymath.Settings(1, 1 << 20))) {
            // The hidden states of a call take 3 MB.
            assertThat(leastGrowth(40, () -> wide.predict(inputs, List.of("intent"))))
                    .isLessThan(60_000);
        }
    }

    // ----

    /**
     * By how many kilobytes memory grows in the best of some rounds: what is kept grows in every one, the heap and the
     * allocator's pools only until they are large enough.
     */
    private static long leastGrowth(int times, Runnable work) throws Exception {
        long least = Long.MAX_VALUE;
        long before = residentKilobytes();
        for (int round = 0; round < 5 && least >= times * 1000L; round++) {
            for (int i = 0; i < times; i++) work.run();
            long after = residentKilobytes();
            least = Math.min(least, after - before);
            before = after;
        }
        return least;
    }

    /** Where the system does not tell, 0: then nothing is checked. */
    private static long residentKilobytes() throws Exception {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) return 0;
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", ""));
        }
        return 0;
    }

    private static Program whole(Task task) {
        return new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                Hidden<T> hidden = Backbones.of(TinyModel.config(), 0)
                        .hidden(ops, new Inputs<>(in.get(0), in.get(1), in.get(2)), Sites.none());
                return task.head(ops, hidden);
            }
        };
    }

    private static List<Input> inputs(int count) {
        String[] words = {"refund", "where", "Paris", "the", "hello", "parcel", "lost", "naïve", "\uD83D\uDE00", "B-12"
        };
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder text = new StringBuilder();
            for (int word = 0; word < i * 7 % 23; word++)
                text.append(words[(i * word + word * 3 + i) % words.length]).append(' ');
            inputs.add(new Input(text.toString(), i % 3 == 0 ? words[i % words.length] + " again" : null));
        }
        return inputs;
    }

    private static <T> List<T> rotated(List<T> list, int by) {
        List<T> rotated = new ArrayList<>(list);
        Collections.rotate(rotated, by);
        return rotated;
    }

    private static double intent(Prediction prediction) {
        return ((Answer.Labelled) prediction.answers().get("intent")).scores().get("refund");
    }

    /** Equal up to rounding. */
    private static void assertSame(Prediction actual, Prediction expected) {
        assertThat(actual.answers().keySet())
                .containsExactlyElementsOf(expected.answers().keySet());
        assertSame(actual.json().get("tasks"), expected.json().get("tasks"));
    }

    private static void assertSame(JsonNode actual, JsonNode expected) {
        if (expected.isContainerNode()) {
            assertThat(actual).hasSameSizeAs(expected);
            List<JsonNode> given = new ArrayList<>();
            actual.forEach(given::add);
            int i = 0;
            for (JsonNode wanted : expected) assertSame(given.get(i++), wanted);
        } else if (expected.isDouble()) {
            assertThat(actual.asDouble()).isCloseTo(expected.asDouble(), within(1e-5));
        } else {
            assertThat(actual).isEqualTo(expected);
        }
    }
}
