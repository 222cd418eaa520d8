package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.model.Fixture;
import dev.polymath.project.Assignment;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.run.Evaluation;
import dev.polymath.run.Polymath;
import dev.polymath.task.Answer;
import dev.polymath.task.Cut;
import dev.polymath.task.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that compare texts, beside one that does not, from the project file to the model folder. */
class RetrievalTrainingTest {
    private static final List<String> WORDS =
            List.of("train", "refund", "paris", "madrid", "water", "battery", "film", "slow", "bank", "price");

    @TempDir
    Path folder;

    @BeforeEach
    void data() throws IOException {
        StringBuilder scored = new StringBuilder("a,b,score\n");
        StringBuilder matched = new StringBuilder();
        StringBuilder kinds = new StringBuilder("text,kind\n");
        for (int i = 0; i < 60; i++) {
            String word = WORDS.get(i % 10);
            String other = WORDS.get((i + 1 + i / 10) % 10);
            boolean alike = i % 2 == 0;
            scored.append("the %s,%s the,%d%n".formatted(word, alike ? word : other, alike ? 5 : 1));
            matched.append("{\"q\":\"the %s\",\"p\":\"%s slow\",\"no\":[\"%s the\"]}%n".formatted(word, word, other));
            kinds.append("the %s,%s%n".formatted(word, i % 10 < 5 ? "low" : "high"));
        }
        write("scored.csv", scored);
        write("matched.jsonl", matched);
        write("kinds.csv", kinds);
        GivenCollection collection = new GivenCollection();
        for (int i = 0; i < 40; i++) {
            String word = WORDS.get(i % 10);
            String second = WORDS.get((i / 10 + i + 1) % 10);
            collection.passage(i, word, "the " + second);
            collection.query(i, second + " " + word);
        }
        collection.write(folder);
    }

    private void write(String name, CharSequence text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text.toString().replace(System.lineSeparator(), "\n"));
    }

    private Path project(String tasks) throws IOException {
        String yaml =
                """
                backbone: %s
                tasks:
                %s
                train: {epochs: 8, batch_tokens: 256, max_tokens: 24, learning_rate: 2.0e-3, precision: fp32}
                """;
        return Files.writeString(
                folder.resolve("project.yaml"), yaml.formatted(new Fixture("bert").folder(), tasks.indent(2)));
    }

    private static final String ALL =
            """
            kind: {type: classify, train: kinds.csv, text: text, label: kind, test: kinds.csv}
            alike: {type: embed, train: scored.csv, test: scored.csv, text: a, text2: b, label: score, batch_rows: 20}
            same: {type: embed, train: matched.jsonl, test: matched.jsonl, text: q, text2: p, wrong: no, query_prompt: "water "}
            faq: {type: retrieve, data: beir, loss: {type: contrastive, temperature: 0.1}, batch_rows: 16, matryoshka: {widths: [16, 2]}}
            reorder: {type: rerank, data: beir, wrong_rows: 2}
            """;

    @Test
    void rowsOfSeveralTextsHaveAPlaceWhereEasyOnesComeFirst() throws IOException {
        List<Assignment> easyFirst = Stream.of("sampling={type: curriculum, difficulty: loss}", "train.epochs=1")
                .map(Assignment::parse)
                .toList();
        Project project = ProjectReader.read(project(ALL), easyFirst);
        Path model = folder.resolve("model");
        new ProjectTraining(project, Dataset.load(project), model).run(false, TrainingListener.NONE, () -> false);
        assertThat(model.resolve("polymath.json")).exists();
    }

    @Test
    void vectorsAndOrdersAreLearnedBesideLabels() throws IOException {
        Project project = ProjectReader.read(project(ALL), List.of());
        Dataset dataset = Dataset.load(project);
        Path model = folder.resolve("model");
        ObjectNode report = new ProjectTraining(project, dataset, model).run(false, TrainingListener.NONE, () -> false);
        JsonNode tasks = report.get("tasks");
        assertThat(tasks.at("/alike/test/spearman").asDouble()).isGreaterThan(0.8);
        assertThat(tasks.at("/same/test/mrr_10").asDouble()).isGreaterThan(0.9);
        assertThat(tasks.at("/faq/test/ndcg_10").asDouble()).isGreaterThan(0.25);
        assertThat(tasks.at("/reorder/test/ndcg_10").asDouble()).isGreaterThan(0.25);
        assertThat(tasks.at("/kind/test/accuracy").asDouble()).isGreaterThan(0.9);
        try (Polymath polymath = Polymath.open(model)) {
            Map<String, List<Example>> rows = new LinkedHashMap<>();
            dataset.tasks().forEach((name, task) -> rows.put(name, task.test()));
            ObjectNode served = Evaluation.evaluate(polymath, "test", rows);
            for (Map.Entry<String, JsonNode> task : served.properties()) {
                JsonNode computed = tasks.get(task.getKey()).get("test");
                for (Map.Entry<String, JsonNode> metric :
                        task.getValue().get("test").properties()) {
                    assertThat(metric.getValue().asDouble())
                            .as(task.getKey() + " " + metric.getKey())
                            .isCloseTo(computed.get(metric.getKey()).asDouble(), within(1e-6));
                }
            }
            JsonNode few = Evaluation.evaluate(polymath, "test", Map.of("faq", rows.get("faq")), new Cut(2, 0));
            assertThat(few.at("/faq/test/ndcg_10").asDouble())
                    .isBetween(0.25, 1.0)
                    .isNotEqualTo(served.at("/faq/test/ndcg_10").asDouble());
            for (Task task : polymath.tasks()) {
                assertThat(task.state())
                        .isEqualTo(dataset.tasks().get(task.name()).task().state());
            }
            assertThat(polymath.predict("the train").answers()).containsOnlyKeys("kind", "alike", "same", "faq");
            Answer.Vector prompted = (Answer.Vector)
                    polymath.predict("the train", "same").answers().get("same");
            Answer.Vector written = (Answer.Vector)
                    polymath.predict("water the train", "alike").answers().get("alike");
            assertThat(prompted.values()).containsExactly(written.values(), within(1e-5f));
        }
    }

    @Test
    void theSameSeedGivesTheSameWeights() throws IOException {
        Project project = ProjectReader.read(project(ALL), List.of());
        Trained first =
                Trainer.of(project, Dataset.load(project)).train(null, false, TrainingListener.NONE, () -> false);
        Trained second =
                Trainer.of(project, Dataset.load(project)).train(null, false, TrainingListener.NONE, () -> false);
        assertThat(first.dev()).isEqualTo(second.dev());
        assertThat(Trainer.of(project, Dataset.load(project)).digest())
                .isEqualTo(Trainer.of(project, Dataset.load(project)).digest());
    }

    @Test
    void whatDoesNotFitIsOneMessage() throws IOException {
        refused(
                "x: {type: embed, train: scored.csv, text: a, text2: b, label: score, loss: contrastive}",
                "task 'x': loss contrastive does not read the numbers in 'score'; take cosine");
        refused(
                "x: {type: embed, train: scored.csv, text: a, text2: b, loss: cosin}",
                "loss: there is no 'cosin'; did you mean 'cosine'?");
        refused(
                "x: {type: embed, train: scored.csv, text: a, text2: b, batch_rows: 1}",
                "task 'x': batch_rows is 1; it must be a whole number from 2 to 999999");
        refused(
                "x: {type: retrieve, data: beir, loss: margin-mse}",
                "reads a teacher's scores; give 'wrong', a file that 'polymath mine --teacher' wrote");
        refused(
                "x: {type: retrieve, data: beir, matryoshka: {widths: 8}}",
                "matryoshka matryoshka: widths is 8; it must be a list of whole numbers");
        refused(
                "x: {type: retrieve, data: beir, matryoshka: {width: [8]}}",
                "there is no knob 'width'; did you mean 'widths'?");
        refused("x: {type: retrieve, data: bier}", "there is no such folder");
        refused("x: {type: retrieve, train: beir}", "unknown key 'train' in task 'x'");
        refused("x: {type: rerank, data: beir, loss: pairwise}", "there is no loss 'pairwise'");
        write("mined.jsonl", "{\"query\":\"q1\",\"passages\":[\"d1\",\"nope\"]}\n");
        refused("x: {type: rerank, data: beir, wrong: mined.jsonl}", "mined.jsonl:1: there is no passage 'nope'");
        write("beir/qrels/train.tsv", "query-id\tcorpus-id\tscore\nq1\td99\t1\n");
        refused("x: {type: retrieve, data: beir}", "train.tsv:2:");
        Files.delete(folder.resolve("beir/qrels/train.tsv"));
        refused("x: {type: retrieve, data: beir}", "train");
    }

    private void refused(String task, String message) throws IOException {
        Path file = project(task);
        assertThatThrownBy(() -> Dataset.load(ProjectReader.read(file, List.of())))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }
}
