package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.data.Example;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.run.Engine;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Polymath;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a model folder answers through ONNX Runtime is what the training engine computes from its weights, and what the engine
 * {@code torch} answers.
 */
class ServedAnswersTest {
    private static final double PROBABILITY = 1e-3;

    private static final Path BACKBONE =
            Path.of(System.getProperty("polymath.root"), "core/src/test/resources/backbones/bert");

    private static final List<String> WORDS = List.of("the", "parcel", "came", "late", "to", "Paris", "again", "why");

    private static final String PROJECT =
            """
            backbone: %s
            sharing: %s
            tasks:
              same: {type: classify, train: rows.csv, text: a, text2: b, label: kind}
              kind: {type: classify, train: rows.csv, text: a, label: kind}
              topics: {type: multilabel, train: rows.csv, text: b, label: topics, separator: "|"}
              level: {type: ordinal, train: rows.csv, text: a, label: level, labels: ["1", "2", "3"]}
              size: {type: regress, train: rows.csv, text: a, label: size}
              places: {type: tag, train: rows.conll, token: 0, label: 1}
            train: {epochs: 6, batch_tokens: 256, max_tokens: 24, learning_rate: 1.0e-3, precision: fp32}
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hard",
                "covariance-alignment",
                "lora",
                "{type: lora, init: corda, rank: 4, sites: [attention.query, ffn.in]}",
                "mtl-lora",
                "adapter",
                "hyper",
                "{type: moe, every: 1, gate: ahead}",
                "{kind: task-moe, same: {type: skills, skills: {same: [pair]}}, "
                        + "topics: {type: task-moe, rank: 0, top: 1}, level: moe, size: task-moe}",
                "{kind: lora, topics: {type: lora, rank: 2, sites: [ffn.in, ffn.out]}, level: covariance-alignment, "
                        + "size: lora}",
                "{type: hierarchy, layers: {places: 1, size: 1}}",
                "fusion",
                "{type: fusion, form: gated}",
                "branch",
                "adapter-fusion",
                "{kind: prompt, topics: {type: prompt, tokens: 5, init: random}, places: {type: prompt, tokens: 5, init: "
                        + "random}, level: shared-prompt, size: shared-prompt, same: prompt-memory}"
            })
    void servedAnswersAreThoseOfTheTrainingEngine(String sharing) throws IOException {
        Path file = Files.writeString(folder.resolve("project.yaml"), PROJECT.formatted(BACKBONE, sharing));
        writeRows();
        Project project = ProjectReader.read(file, List.of());
        Dataset dataset = Dataset.load(project);
        Path model = folder.resolve("model");
        new ProjectTraining(project, dataset, model).run(false, TrainingListener.NONE, () -> false);
        try (Polymath polymath = Polymath.open(model);
                Polymath torch = Polymath.open(model, Polymath.Settings.DEFAULT.with(Engine.Kind.TORCH));
                Tokenizer tokenizer = new Tokenizer(polymath.folder().tokenizer());
                PointerScope scope = new PointerScope()) {
            Computed engine = new Computed(polymath.folder(), tokenizer);
            assertThat(polymath.tasks()).hasSize(6);
            for (SharingGroup group : polymath.folder().groups()) {
                boolean own = !group.spec().type().equals("hard");
                assertThat(polymath.folder().byTask(group)).isEqualTo(own);
            }
            for (Task task : polymath.tasks()) {
                List<Example> rows = dataset.tasks().get(task.name()).train();
                List<Answer> served = polymath.answers(task, rows);
                List<Answer> computed = engine.answers(task, rows);
                for (int i = 0; i < rows.size(); i++) assertClose(served.get(i), computed.get(i));
                assertThat(List.copyOf(served).stream().distinct()).hasSizeGreaterThan(1);
                List<float[]> outputs = polymath.outputs(task, rows);
                List<float[]> others = torch.outputs(torch.folder().task(task.name()), rows);
                for (int i = 0; i < rows.size(); i++) {
                    assertThat(others.get(i)).as(task.name()).containsExactly(outputs.get(i), within(1e-4f));
                }
            }
        }
    }

    private static void assertClose(Answer served, Answer computed) {
        if (served instanceof Answer.Labelled a && computed instanceof Answer.Labelled b) {
            assertClose(a.scores(), b.scores());
        } else if (served instanceof Answer.MultiLabelled a && computed instanceof Answer.MultiLabelled b) {
            assertClose(a.scores(), b.scores());
        } else if (served instanceof Answer.Level a && computed instanceof Answer.Level b) {
            assertClose(a.scores(), b.scores());
            assertThat(a.value()).isCloseTo(b.value(), within(3 * PROBABILITY));
        } else if (served instanceof Answer.Value a && computed instanceof Answer.Value b) {
            assertThat(a.value()).isCloseTo(b.value(), within(3 * PROBABILITY));
        } else if (served instanceof Answer.Spans a && computed instanceof Answer.Spans b) {
            assertThat(a.tags()).isEqualTo(b.tags());
            assertThat(a.spans()).hasSameSizeAs(b.spans());
            for (int i = 0; i < a.spans().size(); i++) {
                Answer.Span span = a.spans().get(i);
                assertThat(span.text()).isEqualTo(b.spans().get(i).text());
                assertThat(span.score()).isCloseTo(b.spans().get(i).score(), within(PROBABILITY));
            }
        } else {
            throw new AssertionError(served + " and " + computed + " are of different kinds");
        }
    }

    private static void assertClose(Map<String, Double> served, Map<String, Double> computed) {
        assertThat(served).isNotEmpty();
        assertThat(served.keySet()).isEqualTo(computed.keySet());
        served.forEach((label, score) -> assertThat(score).isCloseTo(computed.get(label), within(PROBABILITY)));
    }

    private void writeRows() throws IOException {
        StringBuilder rows = new StringBuilder("a,b,kind,topics,level,size\n");
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            String a = words(i, 2 + i % 7);
            String b = words(i * 3 + 1, 1 + i % 5);
            rows.append("%s,%s,%s,%s,%d,%d%n"
                    .formatted(
                            a, b, i % 3 == 0 ? "late" : "lost", i % 2 == 0 ? "post|price" : "price", 1 + i % 3, i % 7));
            for (String word : a.split(" ")) {
                columns.append(word).append(word.equals("Paris") ? "\tB-LOC\n" : "\tO\n");
            }
            columns.append('\n');
        }
        Files.writeString(folder.resolve("rows.csv"), rows);
        Files.writeString(folder.resolve("rows.conll"), columns);
    }

    private static String words(int from, int count) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < count; i++) words.append(i == 0 ? "" : " ").append(WORDS.get((from + i) % WORDS.size()));
        return words.toString();
    }

    /** A model folder's weights run on libtorch in F32. */
    private record Computed(ModelFolder folder, Tokenizer tokenizer, Network network, Map<String, Tensor> weights) {
        Computed(ModelFolder folder, Tokenizer tokenizer) {
            this(
                    folder,
                    tokenizer,
                    new Network(
                            folder.backbone(),
                            folder.tasks().stream().map(Task::name).toList(),
                            folder.groups(),
                            tokenizer.padId(),
                            ScalarType.Float),
                    tensors(folder.weights()));
        }

        private static Map<String, Tensor> tensors(Weights weights) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            weights.asMap().forEach((name, array) -> tensors.put(name, Tensors.of(array)));
            return tensors;
        }

        List<Answer> answers(Task task, List<Example> rows) {
            EncodedRows encoded = EncodedRows.of(task, rows, tokenizer, folder.maxTokens(folder.group(task)));
            List<float[]> outputs =
                    network.outputs(weights, task, folder.tasks().indexOf(task), encoded.firsts());
            Answer[] answers = new Answer[rows.size()];
            for (int i = 0; i < answers.length; i++) {
                answers[i] = task.decode(outputs.get(i), encoded.firsts().get(i), rows.get(i));
            }
            return List.of(answers);
        }
    }
}
