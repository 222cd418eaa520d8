package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Parameters;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Backbone;
import dev.polymath.model.Fixture;
import dev.polymath.model.Hidden;
import dev.polymath.project.Dataset;
import dev.polymath.project.Problem;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.run.Engine;
import dev.polymath.run.Evaluation;
import dev.polymath.run.Input;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Polymath;
import dev.polymath.run.Question;
import dev.polymath.run.TaskDigest;
import dev.polymath.task.Answer;
import dev.polymath.task.Cut;
import dev.polymath.task.Embedder;
import dev.polymath.task.Learner;
import dev.polymath.text.Encoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors of fewer numbers and of fewer layers, from the project file to the model folder. */
class NestedVectorsTest {
    private static final List<String> WORDS =
            List.of("train", "refund", "paris", "madrid", "water", "battery", "film", "slow", "bank", "price");
    private static final String PLAIN =
            "alike: {type: embed, train: scored.csv, test: scored.csv, text: a, text2: b, label: score, batch_rows: 20}";
    private static final String NESTED = PLAIN.replace("}", ", matryoshka: {widths: [16, 4], layers: [1]}}");
    /** Such that the weights of a task that is learned so and of one that is not are the same ones. */
    private static final String UNFITTED = NESTED.replace("[1]}", "[1], fitted: false}");

    private static final Cut LEAST = new Cut(4, 1);

    @TempDir
    Path folder;

    /** Two texts are alike where their words are of one kind, which no word shows. */
    @BeforeEach
    void data() throws IOException {
        StringBuilder scored = new StringBuilder("a,b,score\n");
        StringBuilder kinds = new StringBuilder("text,kind\n");
        for (int i = 0; i < 100; i++) {
            int first = i % 10;
            int second = (i / 10 + first) % 10;
            boolean alike = first % 3 == second % 3;
            scored.append("the %s,%s the,%d\n".formatted(WORDS.get(first), WORDS.get(second), alike ? 5 : 1));
            kinds.append("the %s,%s\n".formatted(WORDS.get(first), first < 5 ? "low" : "high"));
        }
        Files.writeString(folder.resolve("scored.csv"), scored);
        Files.writeString(folder.resolve("kinds.csv"), kinds);
    }

    private Project project(String task, String train) throws IOException {
        return ProjectReader.read(file(task, train), List.of());
    }

    private Path file(String task, String train) throws IOException {
        String yaml =
                """
                backbone: %s
                tasks:
                  %s
                train: {epochs: 8, batch_tokens: 256, max_tokens: 24, learning_rate: 2.0e-3, precision: fp32%s}
                """;
        return Files.writeString(
                folder.resolve("project.yaml"), yaml.formatted(new Fixture("bert").folder(), task, train));
    }

    @Test
    void shallowAndNarrowVectorsAreBetterThanThoseThatWereNotLearned() throws IOException {
        double nested = 0;
        double plain = 0;
        for (int seed = 1; seed <= 2; seed++) {
            Embedder least = null;
            for (String task : List.of(UNFITTED, PLAIN)) {
                Project project = project(task, ", seed: " + seed);
                Dataset dataset = Dataset.load(project);
                Trainer trainer = Trainer.of(project, dataset);
                Embedder learned = (Embedder) dataset.tasks().get("alike").task();
                if (least == null)
                    least = learned.cut(LEAST, trainer.pretrained().backbone());
                Trained trained = trainer.train(null, false, TrainingListener.NONE, () -> false);
                Trained cut = new Trained(List.of(least), trained.weights(), 0, Map.of(), 0, 0, "");
                List<Example> rows = dataset.tasks().get("alike").test();
                List<Answer> answers = trainer.answers(cut, "alike", rows);
                double spearman = least.metrics(rows, answers).get("spearman");
                if (task.equals(UNFITTED)) nested += spearman / 2;
                else plain += spearman / 2;
            }
        }
        System.out.printf("4 numbers of 1 layer: %.3f learned, %.3f not%n", nested, plain);
        assertThat(nested).isGreaterThan(plain + 0.1);
    }

    @Test
    void theLossOfShallowVectorsReachesTheirLayersAndNoOthers() throws IOException {
        Project project = project(NESTED, "");
        Dataset dataset = Dataset.load(project);
        Trainer trainer = Trainer.of(project, dataset);
        Network network = trainer.network();
        Learner learner = dataset.tasks().get("alike").task().learner(2);
        List<Encoding> texts = trainer.train().get(0).all().subList(0, 20);
        try (PointerScope scope = new PointerScope();
                Parameters parameters = new Parameters(trainer.initial(), trainer::kind)) {
            Hidden<Tensor> hidden = network.hidden(parameters.tensors(), texts, new int[20], learner.reading());
            Tensor output = learner.output(new TorchOps(parameters.tensors(), ScalarType.Float, true), hidden);
            assertThat(output.size(1)).isEqualTo(2 * 32);
            output.narrow(1, 0, 4).sum().backward();
            assertThat(moved(parameters, "encoder.layer.0.output.dense.weight")).isPositive();
            assertThat(moved(parameters, "encoder.layer.1.output.dense.weight")).isZero();
            output.narrow(1, 32, 4);
        }
    }

    private static double moved(Parameters parameters, String weight) {
        return parameters.tensors().get(weight).grad().abs().sum().item_double();
    }

    @Test
    void bothEnginesGiveTheSameAtEveryDepthAndWidthAndLaterTasksChangeNothing() throws IOException {
        Project project = project(NESTED, "");
        Dataset dataset = Dataset.load(project);
        Path model = folder.resolve("model");
        ObjectNode report = new ProjectTraining(project, dataset, model).run(false, TrainingListener.NONE, () -> false);
        JsonNode table = report.at("/tasks/alike/matryoshka");
        assertThat(table).hasSize(6);
        List<String> texts = List.of("the train", "water the bank", "a");
        try (Polymath onnx = Polymath.open(model, Polymath.Settings.DEFAULT.with(Engine.Kind.ONNX));
                Polymath torch = Polymath.open(model, Polymath.Settings.DEFAULT.with(Engine.Kind.TORCH))) {
            Backbone backbone = onnx.folder().backbone();
            Embedder task = (Embedder) onnx.folder().task("alike");
            for (JsonNode row : table) {
                Cut cut =
                        new Cut(row.get("dimensions").asInt(), row.get("depth").asInt());
                Embedder some = task.cut(cut, backbone);
                List<float[]> expected = torch.vectors(some, texts, Embedder.Side.QUERY);
                List<float[]> actual = onnx.vectors(some, texts, Embedder.Side.QUERY);
                for (int i = 0; i < texts.size(); i++) {
                    assertThat(actual.get(i)).hasSize(cut.dimensions()).containsExactly(expected.get(i), within(1e-4f));
                }
                Map<String, List<Example>> rows =
                        Map.of("alike", dataset.tasks().get("alike").test());
                double measured = Evaluation.evaluate(onnx, "test", rows, cut)
                        .at("/alike/test/spearman")
                        .asDouble();
                assertThat(measured).isCloseTo(row.get("spearman").asDouble(), within(1e-6));
            }
            asked(onnx, task.cut(LEAST, backbone));
        }
        laterTasksChangeNothing(model);
    }

    /** Questions of one call may ask for different vectors of a task. */
    private static void asked(Polymath model, Embedder least) {
        List<Question> questions = new ArrayList<>();
        for (Cut cut : List.of(LEAST, Cut.NONE, new Cut(16, 0))) {
            questions.add(new Question(Input.of("the train"), List.of("alike"), false, cut));
        }
        List<Integer> sizes = new ArrayList<>();
        model.predict(questions)
                .forEach(each -> sizes.add(((Answer.Vector) each.answers().get("alike")).values().length));
        assertThat(sizes).containsExactly(4, 32, 16);
        float[] alone =
                model.vectors(least, List.of("the train"), Embedder.Side.QUERY).get(0);
        Answer.Vector together =
                (Answer.Vector) model.predict(questions).get(0).answers().get("alike");
        assertThat(together.values()).containsExactly(alone, within(1e-5f));
    }

    private void laterTasksChangeNothing(Path model) throws IOException {
        ModelFolder before = ModelFolder.open(model);
        String digest = TaskDigest.of(before, "alike");
        Path yaml = Files.writeString(
                folder.resolve("later.yaml"),
                """
                tasks:
                  kind: {type: classify, train: kinds.csv, text: text, label: kind, pooling: first-last}
                train: {epochs: 1, precision: fp32}
                """);
        Project later = ProjectReader.read(yaml, List.of());
        Path more = folder.resolve("more");
        new ProjectTraining(later, Dataset.load(later), before, more).run(false, TrainingListener.NONE, () -> false);
        ModelFolder after = ModelFolder.open(more);
        after.verify();
        assertThat(TaskDigest.of(after, "alike")).isEqualTo(digest);
        assertThat(after.task("alike").state()).isEqualTo(before.task("alike").state());
        assertThat(more.resolve("onnx/trunk.l1-2.onnx")).exists();
        try (Polymath opened = Polymath.open(more)) {
            Embedder least = ((Embedder) after.task("alike")).cut(LEAST, after.backbone());
            assertThat(opened.vectors(least, List.of("the train"), Embedder.Side.QUERY)
                            .get(0))
                    .hasSize(4);
            assertThat(opened.predict("the train").answers()).containsOnlyKeys("alike", "kind");
        }
        after.remove(folder.resolve("less"), List.of("kind"));
        assertThat(folder.resolve("less/onnx/trunk.l1-2.onnx")).doesNotExist();
        assertThat(folder.resolve("less/onnx/trunk.l1.onnx")).exists();
        assertThat(TaskDigest.of(ModelFolder.open(folder.resolve("less")), "alike"))
                .isEqualTo(digest);
    }

    @Test
    void whatIsNotThereIsRefusedWithWhatIs() throws IOException {
        refused("layers: [9]", "matryoshka: layers has 9, and the backbone has layers 1 to 2");
        refused("widths: [99]", "matryoshka: widths has 99, and vectors have numbers 1 to 32");
        refused("layers: [0]", "layers has a value that");
        Embedder task = (Embedder)
                Dataset.load(project(NESTED, "")).tasks().get("alike").task();
        Backbone backbone = Given.bert(0).backbone();
        assertThat(task.cut(new Cut(32, 2), backbone)).isEqualTo(task);
        assertThatThrownBy(() -> task.cut(new Cut(8, 0), backbone))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "task 'alike' was not learned to give vectors of dimensions 8; it has dimensions 32, 16, 4");
        assertThatThrownBy(() -> task.cut(new Cut(0, 3), backbone))
                .hasMessage("task 'alike' was not learned to give vectors of depth 3; it has depth 2, 1");
        assertThatThrownBy(() -> new Cut(-1, 0)).isInstanceOf(InputException.class);
        problem("pooling: whitening, matryoshka: {layers: [1]}", "layers do not go with pooling whitening");
        problem(
                "pooling: {type: diagonal-attention, layer: 2, head: 1}, matryoshka: {layers: [1]}",
                "layers has 1, and pooling diagonal-attention reads layer 2");
        problem("pooling: diagonal-attention", "head is 10, and the backbone has heads a layer 1 to 4");
    }

    private void refused(String nested, String message) throws IOException {
        if (message.startsWith("layers has a value")) {
            assertThatThrownBy(() -> Dataset.load(project(PLAIN.replace("}", ", matryoshka: {" + nested + "}}"), "")))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("layers is [0]; it must be a list of whole numbers from 1");
            return;
        }
        problem("matryoshka: {" + nested + "}", message);
    }

    private void problem(String keys, String message) throws IOException {
        Project project = project(PLAIN.replace("}", ", " + keys + "}"), "");
        List<Problem> problems = ProjectTraining.problems(project);
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).line()).isEqualTo(3);
        assertThat(problems.get(0).message()).contains("task 'alike'", message);
    }
}
