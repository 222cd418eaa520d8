package dev.polymath.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckTest {
    @TempDir
    Path folder;

    @BeforeEach
    void aProject() {
        write(
                "project.yaml",
                """
                tasks:
                  intent: {type: classify, train: train.csv, dev: dev.csv, test: test.csv, text: text, label: label}
                  close: {type: regress, train: close.csv, dev: close.csv, text: a, text2: b, label: score}
                train: {max_tokens: 4}
                """);
        write("train.csv", "text,label\none,x\none two,y\none two three four five,x\nnothing,\n");
        write("dev.csv", "text,label\ndev,x\n");
        write("test.csv", "text,label\ntest,x\n");
        write("close.csv", "a,b,score\nx,y z,0\nx,x,2.5\n");
    }

    private void write(String name, String content) {
        try {
            Files.writeString(folder.resolve(name), content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Report check(String... tasks) {
        return Check.report(folder.resolve("project.yaml"), List.of(), List.of(tasks), TextLength.words());
    }

    private List<String> texts(List<Problem> problems) {
        return problems.stream()
                .map(each -> each.toString().replace(folder + "/", ""))
                .toList();
    }

    @Test
    void whatWasReadIsCounted() {
        Report report = check();
        assertThat(report.sound()).isTrue();
        assertThat(report.tasks()).extracting(TaskReport::name).containsExactly("intent", "close");
        TaskReport intent = report.tasks().get(0);
        assertThat(intent.skipped()).isEqualTo(1);
        assertThat(intent.splits()).extracting(SplitReport::name).containsExactly("train", "dev", "test");
        SplitReport train = intent.splits().get(0);
        assertThat(train.rows()).isEqualTo(3);
        assertThat(train.labels()).containsExactly(Map.entry("x", 2L), Map.entry("y", 1L));
        assertThat(train.lengths()).isEqualTo(new SplitReport.Lengths(2, 5, 5));
        assertThat(train.cut()).isEqualTo(1);
        SplitReport close = report.tasks().get(1).splits().get(0);
        assertThat(close.numbers()).isEqualTo(new SplitReport.Numbers(0, 1.25, 2.5));
        assertThat(close.lengths()).isEqualTo(new SplitReport.Lengths(2, 3, 3));
    }

    @Test
    void percentilesAreByNearestRank() {
        List<Integer> hundred =
                java.util.stream.IntStream.rangeClosed(1, 100).boxed().toList();
        assertThat(SplitReport.Lengths.of(hundred)).isEqualTo(new SplitReport.Lengths(50, 95, 100));
        assertThat(SplitReport.Lengths.of(List.of(7))).isEqualTo(new SplitReport.Lengths(7, 7, 7));
    }

    @Test
    void duplicatesWithinTrainAndBetweenSplitsAreWarnings() {
        write("train.csv", "text,label\nsame,x\nsame,y\nsame,x\nother,y\n");
        write("test.csv", "text,label\nnew,x\nother,y\nsame,x\n");
        Report report = check("intent");
        assertThat(report.sound()).isTrue();
        assertThat(texts(report.warnings()))
                .containsExactly(
                        "train.csv:3: 'same' stands on line 2 already; 2 rows of train repeat an earlier one, 1 of them"
                                + " with another label",
                        "test.csv:3: 'other' stands in train.csv too, on line 5; 2 rows of test stand in train");
        assertThat(report.tasks().get(0).splits().get(0).repeated()).isEqualTo(2);
        assertThat(report.tasks().get(0).splits().get(2).shared()).isEqualTo(Map.of("train", 2, "dev", 0));
    }

    @Test
    void pairsAreTheSameOnlyIfBothTextsAre() {
        assertThat(check("close").tasks().get(0).splits().get(0).repeated()).isZero();
        assertThat(check("close").tasks().get(0).splits().get(1).shared()).isEqualTo(Map.of("train", 2));
    }

    @Test
    void anEmptyTextIsAWarningThatNamesItsLine() {
        write("train.csv", "text,label\na,x\n\"\",y\n \t,x\n");
        assertThat(texts(check("intent").warnings()))
                .containsExactly("train.csv:3: the text is empty; so it is with 1 more of train");
    }

    @Test
    void aTextOfAHundredThousandCharactersIsAWarningThatNamesItsLine() {
        write("train.csv", "text,label\na,x\n" + "word ".repeat(20_000) + ",y\n");
        Report report = check("intent");
        assertThat(report.sound()).isTrue();
        assertThat(texts(report.warnings()))
                .containsExactly("train.csv:3: the text has 100000 characters, of which the first 4 tokens are read");
        assertThat(report.tasks().get(0).splits().get(0).lengths().max()).isEqualTo(20_000);
    }

    @Test
    void problemsOfTheProjectAndOfEveryFileAreTogether() {
        write("test.csv", "text,label\ntest,z\n");
        write("close.csv", "");
        write(
                "project.yaml",
                """
                tasks:
                  intent: {type: classify, train: train.csv, test: test.csv, text: text, label: label}
                  close: {type: regress, train: close.csv, text: a, text2: b, label: score}
                  stars: {type: ordnal, train: s.csv}
                balanc: equal
                """);
        Report report = check();
        assertThat(report.sound()).isFalse();
        assertThat(texts(report.problems()))
                .containsExactly(
                        "project.yaml:4: there is no task type 'ordnal'; did you mean 'ordinal'? There are "
                                + String.join(", ", dev.polymath.task.TaskKinds.types()),
                        "project.yaml:5: unknown key 'balanc' in the project; did you mean 'balance'? There are "
                                + String.join(", ", ProjectReader.KEYS),
                        "test.csv:2: label 'z' never occurs in training; did you mean 'x'?",
                        "close.csv: the file is empty");
        assertThat(report.toText())
                .contains("not read: see the problems")
                .contains("4 problems:")
                .doesNotContain("No problem found");
    }

    @Test
    void anUnknownTaskNameNamesTheNearest() {
        assertThatThrownBy(() -> check("intend"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("there is no task 'intend'")
                .hasMessageContaining("did you mean 'intent'?");
    }

    @Test
    void lengthsMayBeTokensWithTheSpecialOnes() throws IOException {
        byte[] file;
        try (var in = CheckTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
            file = in.readAllBytes();
        }
        try (Tokenizer tokenizer = new Tokenizer(file)) {
            TextLength tokens = TextLength.tokens(tokenizer);
            assertThat(tokens.of().applyAsInt(new Example("hello world", null, null, 1)))
                    .isEqualTo(4);
            assertThat(tokens.of().applyAsInt(new Example("hello world", "hello", null, 1)))
                    .isEqualTo(6);
        }
        TextLength words = TextLength.words();
        assertThat(words.of().applyAsInt(new Example(" hello  world\n", "a b", null, 1)))
                .isEqualTo(4);
    }

    @Test
    void theTextIsATable() {
        assertThat(check().toText().replace(folder + "/", ""))
                .isEqualTo(
                        """
                        project.yaml: 2 tasks, 9 rows
                        Lengths in words: half of the texts, 95 of a hundred, all are at most so long.

                        task    type        split     rows    50 %    95 %    100 %     cut
                        intent  classify    train        3       2       5        5       1
                                            dev          1       1       1        1       0
                                            test         1       1       1        1       0
                                2 labels: x 2, y 1
                                1 row without a label skipped
                        close   regress     train        2       2       3        3       0
                                            dev          2       2       3        3       0
                                numbers from 0 to 2.5, mean 1.25

                        1 warning:
                          close.csv:2: 'x' stands in close.csv too, on line 2; 2 rows of dev stand in train

                        No problem found: training can start.
                        """);
    }

    @Test
    void theJsonHoldsTheSame() {
        write("close.csv", "");
        JsonNode json = check().toJson();
        assertThat(json.path("sound").asBoolean(true)).isFalse();
        assertThat(json.at("/tasks/intent/splits/train/rows").asInt()).isEqualTo(3);
        assertThat(json.at("/tasks/intent/splits/train/labels/x").asInt()).isEqualTo(2);
        assertThat(json.at("/tasks/intent/splits/train/lengths/p95").asInt()).isEqualTo(5);
        assertThat(json.at("/problems/0/message").asText()).isEqualTo("the file is empty");
        assertThat(json.at("/problems/0/file").asText()).endsWith("close.csv");
    }
}
