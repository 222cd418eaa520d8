package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.model.Fixture;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.run.Polymath;
import dev.polymath.task.QualityTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prune}, the key of a task of type retrieve: a task that learns which passages answer anything, beside it. */
class QualityTrainingTest {
    private static final List<String> WORDS =
            List.of("train", "refund", "paris", "madrid", "water", "battery", "film", "slow", "bank", "price");

    @TempDir
    Path folder;

    /** 120 passages, of which every third speaks of a bank, and answers. */
    @BeforeEach
    void data() {
        GivenCollection collection = new GivenCollection();
        for (int i = 0; i < 120; i++) {
            String word = WORDS.get(i % 8);
            collection.passage(i, "", word + " " + WORDS.get(i / 8 % 8) + (i % 3 == 0 ? " bank" : " the"));
            if (i % 3 == 0) collection.query(i, word);
        }
        collection.write(folder);
    }

    private Project project(String tasks) throws IOException {
        String yaml =
                """
                backbone: %s
                tasks:
                %s
                train: {epochs: 24, batch_tokens: 256, max_tokens: 24, learning_rate: 2.0e-3, precision: fp32}
                """;
        Path file = Files.writeString(
                folder.resolve("project.yaml"), yaml.formatted(new Fixture("bert").folder(), tasks.indent(2)));
        return ProjectReader.read(file, List.of());
    }

    @Test
    void whatAnswersIsToldFromWhatDoesNotBesideTheVectors() throws IOException {
        Project project = project("faq: {type: retrieve, data: beir, prune: {keep: 0.7}, passage_prompt: \"the \"}");
        Dataset dataset = Dataset.load(project);
        assertThat(dataset.tasks()).containsOnlyKeys("faq", "faq-quality");
        List<Example> rows = new ArrayList<>(dataset.tasks().get("faq-quality").train());
        rows.addAll(dataset.tasks().get("faq-quality").dev());
        assertThat(rows.stream().filter(row -> ((Label.Answering) row.label()).answers()))
                .hasSize(30)
                .allMatch(row -> row.text().contains("bank"));
        double times = rows.stream()
                .mapToDouble(row -> ((Label.Answering) row.label()).times())
                .sum();
        assertThat(times).as("all passages are stood for").isCloseTo(120, within(1e-9));
        Path model = folder.resolve("model");
        ObjectNode report = new ProjectTraining(project, dataset, model).run(false, TrainingListener.NONE, () -> false);
        assertThat(report.at("/tasks/faq-quality/test/auc").asDouble()).isGreaterThan(0.9);
        assertThat(report.at("/tasks/faq-quality/test/answers_kept").asDouble()).isGreaterThan(0.7);
        try (Polymath polymath = Polymath.open(model)) {
            QualityTask task = (QualityTask) polymath.folder().task("faq-quality");
            assertThat(task.keep()).isEqualTo(0.7);
            assertThat(task.prompt()).isEqualTo("the ");
            assertThat(task.percentiles()).hasSize(101).isSorted();
            assertThat(task.threshold(1)).isEqualTo(Double.NEGATIVE_INFINITY);
            assertThat(task.threshold(0.3)).isGreaterThanOrEqualTo(task.threshold(0.8));
        }
    }

    @Test
    void slipsAreOneMessage() throws IOException {
        refused(
                "faq: {type: retrieve, data: beir, prune: {keep: 1.5}}",
                "prune prune: keep is 1.5; it must be a number");
        refused("faq: {type: retrieve, data: beir, prune: {kep: 0.5}}", "there is no knob 'kep'; did you mean 'keep'?");
        refused(
                """
                faq: {type: retrieve, data: beir, prune: {keep: 0.5}}
                faq-quality: {type: quality, data: beir}
                """,
                "task 'faq' brings a task 'faq-quality' with it; give this one another name");
    }

    private void refused(String tasks, String message) {
        assertThatThrownBy(() -> Dataset.load(project(tasks)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }
}
