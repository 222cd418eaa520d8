package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.project.Problem;
import dev.polymath.project.ProjectReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with how tasks share is found before learning. */
class SharingProblemsTest {
    private static final Path BACKBONE =
            Path.of(System.getProperty("polymath.root"), "core/src/test/resources/backbones/bert");

    @TempDir
    Path folder;

    @BeforeEach
    void writeRows() throws IOException {
        Files.writeString(folder.resolve("rows.csv"), "text,label\na,1\nb,2\n");
    }

    @Test
    void aTaskThatDoesNotShareSo() throws IOException {
        assertThat(problems("{type: hierarchy, layers: {toon: 1}}"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.message()).contains("'toon'").contains("did you mean 'tone'?");
                    assertThat(problem.line()).isEqualTo(2);
                });
        assertThat(problems("{topic: {type: hierarchy, layers: {tone: 1}}}"))
                .as("tone shares otherwise")
                .hasSize(1);
    }

    @Test
    void aLayerThatTheBackboneHasNot() throws IOException {
        assertThat(problems("{type: hierarchy, layers: {tone: 3}}"))
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.message()).contains("layer 3").contains("layers 1 to 2"));
        assertThat(problems("{type: branch, levels: 3}")).hasSize(1);
    }

    @Test
    void aKnobOutOfRange() throws IOException {
        assertThat(problems("{type: fusion, form: lineal}"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("did you mean 'linear'?"));
    }

    @Test
    void moreRankThanThereIsToBeginWith() throws IOException {
        assertThat(problems("{type: lora, init: corda, rank: 40}"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("rank is 40"));
        assertThat(problems("{type: lora, init: corda, context: others}")).isEmpty();
    }

    @Test
    void nothingWhereNothingIs() throws IOException {
        assertThat(problems("{type: hierarchy, layers: {tone: 1, topic: 2}}")).isEmpty();
        assertThat(problems("branch")).isEmpty();
    }

    private List<Problem> problems(String sharing) throws IOException {
        String project =
                """
                backbone: %s
                sharing: %s
                tasks:
                  tone: {type: classify, train: rows.csv, text: text, label: label}
                  topic: {type: classify, train: rows.csv, text: text, label: label}
                """;
        Path file = Files.writeString(folder.resolve("project.yaml"), project.formatted(BACKBONE, sharing));
        return ProjectTraining.problems(ProjectReader.read(file, List.of()));
    }
}
