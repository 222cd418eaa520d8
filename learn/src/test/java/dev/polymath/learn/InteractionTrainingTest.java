package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.interaction.Forms;
import dev.polymath.interaction.Interaction;
import dev.polymath.learn.torch.AdamW;
import dev.polymath.learn.torch.Parameters;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Fixture;
import dev.polymath.model.Hidden;
import dev.polymath.project.Dataset;
import dev.polymath.project.PartSpec;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.run.Engine;
import dev.polymath.run.Evaluation;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import dev.polymath.run.Prediction;
import dev.polymath.task.Answer;
import dev.polymath.task.Interacting;
import dev.polymath.task.Target;
import dev.polymath.task.TextComparison;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every form of re-ranking that reads query and passage each by itself, from the project file to the model folder. */
class InteractionTrainingTest {
    private static final List<String> WORDS =
            List.of("train", "refund", "paris", "madrid", "water", "battery", "film", "slow", "bank", "price");
    private static final List<String> PASSAGES = List.of("the slow train", "", "paris paris water", "bank");

    @TempDir
    Path folder;

    static Stream<String> forms() {
        return Forms.CATALOGUE.parts().stream().map(part -> part.name()).filter(name -> !name.equals(Forms.TOGETHER));
    }

    @BeforeEach
    void data() {
        GivenCollection collection = new GivenCollection();
        for (int i = 0; i < 80; i++) {
            String word = WORDS.get(i % 10);
            String second = WORDS.get((i / 10 + i + 1) % 10);
            collection.passage(i, "", "the " + word + " and " + second);
            collection.query(i, second + " " + word);
        }
        collection.write(folder);
    }

    private Project project(String task) throws IOException {
        String yaml =
                """
                backbone: %s
                tasks:
                  reorder: {type: rerank, data: beir, %s}
                train: {epochs: 2, batch_tokens: 256, max_tokens: 24, learning_rate: 2.0e-3, precision: fp32}
                """;
        Path file =
                Files.writeString(folder.resolve("project.yaml"), yaml.formatted(new Fixture("bert").folder(), task));
        return ProjectReader.read(file, List.of());
    }

    private Path trained(String task) throws IOException {
        Project project = project(task);
        Path model = folder.resolve("model");
        new ProjectTraining(project, Dataset.load(project), model).run(false, TrainingListener.NONE, () -> false);
        return model;
    }

    @ParameterizedTest
    @MethodSource("forms")
    void itIsServedAsItWasLearned(String form) throws IOException {
        for (String loss : List.of("listwise", "pointwise")) {
            Project project = project("wrong_rows: 3, form: " + form + ", loss: " + loss);
            Dataset dataset = Dataset.load(project);
            Path model = folder.resolve("model." + loss);
            ObjectNode report =
                    new ProjectTraining(project, dataset, model).run(false, TrainingListener.NONE, () -> false);
            JsonNode metrics = report.at("/tasks/reorder/test");
            assertThat(metrics.get("n").asInt()).isEqualTo(20);
            try (Polymath polymath = Polymath.open(model)) {
                ObjectNode served = Evaluation.evaluate(
                        polymath,
                        "test",
                        Map.of("reorder", dataset.tasks().get("reorder").test()));
                metrics.properties().forEach(metric -> assertThat(
                                served.at("/reorder/test/" + metric.getKey()).asDouble())
                        .isCloseTo(metric.getValue().asDouble(), within(1e-6)));
                assertThat(polymath.tasks().get(0))
                        .isEqualTo(dataset.tasks().get("reorder").task());
            }
        }
    }

    /** On states that stay as they are, so that all there is to learn is the head's. */
    @ParameterizedTest
    @MethodSource("forms")
    void itsWeightsLearnWhichPassagesAnswer(String form) {
        Interacting task =
                new Interacting("reorder", Forms.CATALOGUE.complete(new PartSpec(form, Map.of())), "listwise", 3);
        Random random = new Random(5);
        List<Example> rows = List.of(row("a", "b", "c", "d"), row("e", "f", "g", "h"), row("i", "j", "k", "l"));
        int tokens = 5;
        float[] states = new float[12 * tokens * 16];
        for (int i = 0; i < states.length; i++) states[i] = (float) random.nextGaussian();
        Array ones = Array.of(LongStream.generate(() -> 1).limit(12 * tokens).toArray(), 12, tokens);
        Encoding encoding = new Encoding(new int[tokens], new int[tokens], new int[tokens], new int[tokens], false);
        Target target = task.target(rows, Collections.nCopies(12, encoding), tokens);
        Weights initial = task.initial(16, new SplittableRandom(3));
        double first = 0;
        double last = 0;
        try (Parameters parameters = new Parameters(initial, name -> new Parameters.Kind(1, false, false));
                AdamW optimiser = new AdamW(parameters, 0, 0)) {
            for (int step = 1; step <= 150; step++) {
                try (PointerScope scope = new PointerScope()) {
                    TorchOps ops = new TorchOps(parameters.tensors(), ScalarType.Float, true);
                    Hidden<Tensor> hidden =
                            new Hidden<>(List.of(Tensors.of(Array.of(states, 12, tokens, 16))), Tensors.of(ones));
                    Tensor loss = task.loss(
                            ops, task.head(ops, hidden), Tensors.of(target.values()), Tensors.of(target.weights()));
                    if (step == 1) first = loss.item_double();
                    last = loss.item_double();
                    loss.backward();
                    optimiser.step(step, 0.01);
                    parameters.zeroGradients();
                }
            }
        }
        assertThat(last).as("from " + first).isLessThan(0.05 * first);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void bothEnginesAndAllWaysToAskGiveTheSameScores(String form) throws IOException {
        Path model = trained("form: " + form);
        Polymath.Settings torch = Polymath.Settings.DEFAULT.with(Engine.Kind.TORCH);
        try (Polymath onnx = Polymath.open(model);
                Polymath other = Polymath.open(model, torch)) {
            Interacting task = (Interacting) onnx.tasks().get(0);
            double[] together = onnx.comparison(task, 0).scores("slow paris", PASSAGES);
            double[] byTorch =
                    other.comparison((Interacting) other.tasks().get(0), 0).scores("slow paris", PASSAGES);
            TextComparison keeps = onnx.comparison(task, 1 << 20);
            keeps.scores("bank", PASSAGES);
            double[] kept = keeps.scores("slow paris", PASSAGES);
            List<Input> pairs = PASSAGES.stream()
                    .map(passage -> new Input("slow paris", passage))
                    .toList();
            List<Prediction> predicted = onnx.predict(pairs, List.of("reorder"));
            assertThat(together).doesNotHaveDuplicates();
            for (int i = 0; i < PASSAGES.size(); i++) {
                assertThat(byTorch[i]).isCloseTo(together[i], within(1e-3));
                assertThat(kept[i]).isCloseTo(together[i], within(1e-4));
                assertThat(value(predicted.get(i))).isCloseTo(together[i], within(1e-4));
                assertThat(value(onnx.predict(pairs.get(i)))).isCloseTo(together[i], within(1e-4));
            }
            assertThatThrownBy(() -> onnx.predict("slow paris", "reorder"))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("reads pairs of texts");
        }
    }

    private static double value(Prediction prediction) {
        return ((Answer.Value) prediction.answers().get("reorder")).value();
    }

    @Test
    void maxsimIsTheSumOfTheBestCosines() throws IOException {
        try (Polymath model = Polymath.open(trained("form: {type: maxsim, dimensions: 8}"))) {
            Interacting task = (Interacting) model.tasks().get(0);
            double[] scores = model.comparison(task, 0).scores("slow paris", PASSAGES);
            List<Example> texts = new ArrayList<>();
            texts.add(new Example("slow paris", null, null, 0));
            for (String passage : PASSAGES) texts.add(new Example(passage, null, null, 0));
            List<float[]> tokens = model.outputs(task, texts);
            float scale = model.folder().weights().get("heads.reorder.scale").floats()[0];
            float bias = model.folder().weights().get("heads.reorder.bias").floats()[0];
            for (int i = 0; i < scores.length; i++) {
                double sum = sumOfBest(tokens.get(0), tokens.get(i + 1), 8);
                assertThat(scores[i]).isCloseTo(scale * sum + bias, within(1e-4));
            }
        }
    }

    private static double sumOfBest(float[] query, float[] passage, int size) {
        double sum = 0;
        for (int i = 0; i < query.length; i += size) {
            double best = -1;
            for (int j = 0; j < passage.length; j += size) {
                double cosine = 0;
                for (int k = 0; k < size; k++) cosine += query[i + k] * passage[j + k];
                best = Math.max(best, cosine);
            }
            sum += best;
        }
        return sum;
    }

    /** What rows of other lengths share a batch must not matter: the loss is that of the pairs' own scores. */
    @ParameterizedTest
    @MethodSource("forms")
    void theLossOfABatchIsThatOfItsPairs(String form) throws IOException {
        try (Polymath model = Polymath.open(trained("wrong_rows: 2, form: " + form))) {
            Interacting task = (Interacting) model.tasks().get(0);
            List<Example> rows =
                    List.of(row("slow", "the slow train", "bank", ""), row("paris film", "paris", "a a a"));
            double expected = 0;
            for (Example row : rows) {
                List<String> passages = new ArrayList<>(List.of(row.text2()));
                passages.addAll(((Label.Judged) row.label()).match().wrong());
                double[] scores = model.comparison(task, 0).scores(row.text(), passages);
                double all = 0;
                for (double score : scores) all += Math.exp(score - scores[0]);
                expected += Math.log(all) / rows.size();
            }
            assertThat(loss(model, task, rows)).isCloseTo(expected, within(1e-3));
        }
    }

    private static Example row(String query, String answer, String... wrong) {
        Label.Match match = new Label.Match(Set.of(answer), List.of(wrong), List.of());
        return new Example(query, answer, new Label.Judged("q", Map.of(), null, List.of(), match), 0);
    }

    private static double loss(Polymath model, Interacting task, List<Example> rows) {
        List<Encoding> encodings = rows.stream()
                .flatMap(row -> task.sequences(row).stream())
                .map(each -> model.tokenizer().encode(each.text(), null, 24))
                .toList();
        int tokens = encodings.stream().mapToInt(Encoding::length).max().orElseThrow();
        Interaction interaction = task.interaction();
        int size = interaction.size(model.folder().backbone().width());
        int perRow = (interaction.vectors() + tokens) * size;
        float[] all = new float[encodings.size() * perRow];
        int at = 0;
        for (Example row : rows) {
            for (var each : task.sequences(row)) {
                float[] own = model.outputs(task, List.of(new Example(each.text(), null, null, 0)))
                        .get(0);
                System.arraycopy(own, 0, all, at, own.length);
                // What stands where padding is must not be looked at.
                for (int i = at + own.length; i < at + perRow; i++) all[i] = 3;
                at += perRow;
            }
        }
        Target target = task.target(rows, encodings, tokens);
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> weights = new HashMap<>();
            model.folder()
                    .weights()
                    .filter(name -> name.startsWith("heads."))
                    .asMap()
                    .forEach((name, array) -> weights.put(name, Tensors.of(array)));
            TorchOps ops = new TorchOps(weights, ScalarType.Float, false);
            Tensor output = Tensors.of(Array.of(all, encodings.size(), perRow / size, size));
            return task.loss(ops, output, Tensors.of(target.values()), Tensors.of(target.weights()))
                    .item_double();
        }
    }

    @Test
    void whatDoesNotFitIsOneMessage() throws IOException {
        refused("form: maxsin", "form: there is no 'maxsin'; did you mean 'maxsim'?");
        refused("form: {type: maxsim, vectors: 3}", "form maxsim: there is no knob 'vectors'");
        refused("form: {type: light-cross, vectors: 0}", "form light-cross: vectors is 0; it must be a whole number");
        refused("form: maxsim, pooling: cls", "form maxsim reads all tokens and has no pooling; leave it out");
        Project odd = project("form: {type: light-cross, heads: 7}");
        assertThatThrownBy(
                        () -> Trainer.of(odd, Dataset.load(odd)).train(null, false, TrainingListener.NONE, () -> false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("must be a multiple of them");
    }

    private void refused(String task, String message) throws IOException {
        Project project = project(task);
        assertThatThrownBy(() -> Dataset.load(project))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }
}
