package dev.polymath.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
    private static final String INTENT = "intent: {type: classify, train: train.csv, text: text, label: label}";

    @TempDir
    Path folder;

    private Path write(String name, String content) {
        try {
            return Files.writeString(folder.resolve(name), content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Project project(String... tasks) {
        return ProjectReader.read(write("project.yaml", "tasks:\n  " + String.join("\n  ", tasks) + "\n"), List.of());
    }

    private List<String> problems(String... tasks) {
        return Dataset.check(project(tasks), List.of()).problems().stream()
                .map(Problem::toString)
                .map(text -> text.replace(folder + "/", ""))
                .toList();
    }

    private List<String> warnings(String... tasks) {
        Dataset.Result result = Dataset.check(project(tasks), List.of());
        assertThat(result.problems()).isEmpty();
        return result.warnings().stream()
                .map(Problem::toString)
                .map(text -> text.replace(folder + "/", ""))
                .toList();
    }

    private static String with(String task, String more) {
        return task.replace("}", ", " + more + "}");
    }

    private static String rows(int count, Function<Integer, String> label) {
        return IntStream.range(0, count)
                .mapToObj(i -> "text " + i + "," + label.apply(i) + "\n")
                .collect(Collectors.joining("", "text,label\n", ""));
    }

    @Test
    void allSplitsAreReadAndRowsWithoutALabelAreSkippedAndCounted() {
        write("train.csv", "text,label\na,x\nb,y\nc,\n");
        write("dev.csv", "text,label\nd,x\n");
        write("test.csv", "text,label\ne,y\nf, \n");
        Dataset data = Dataset.load(project(with(INTENT, "dev: dev.csv, test: test.csv")));
        TaskData intent = data.tasks().get("intent");
        assertThat(intent.train())
                .containsExactly(
                        new Example("a", null, new Label.Name("x"), 2), new Example("b", null, new Label.Name("y"), 3));
        assertThat(intent.dev()).extracting(Example::text).containsExactly("d");
        assertThat(intent.test()).extracting(Example::text).containsExactly("e");
        assertThat(intent.skipped()).isEqualTo(2);
        assertThat(intent.task().labels()).containsExactly("x", "y");
    }

    @Test
    void withoutADevFileATenthOfEachLabelIsHeldOut() {
        write("train.csv", rows(100, i -> i % 4 == 0 ? "rare" : i == 1 ? "single" : "common"));
        Project project = project(INTENT);
        TaskData intent = Dataset.load(project).tasks().get("intent");
        Map<String, Long> labels = intent.dev().stream()
                .collect(Collectors.groupingBy(each -> ((Label.Name) each.label()).name(), Collectors.counting()));
        assertThat(intent.dev()).hasSize(10);
        assertThat(intent.train()).hasSize(90).doesNotContainAnyElementsOf(intent.dev());
        assertThat(labels.get("rare")).isBetween(2L, 3L);
        assertThat(labels).doesNotContainKey("single");
        assertThat(intent.test()).isEmpty();
        assertThat(Dataset.load(project).tasks().get("intent").dev()).isEqualTo(intent.dev());
        Project other = ProjectReader.read(project.file(), List.of(Assignment.parse("train.seed=14")));
        assertThat(Dataset.load(other).tasks().get("intent").dev()).isNotEqualTo(intent.dev());
    }

    @Test
    void numbersAreHeldOutOverTheirWholeRange() {
        write("train.csv", rows(200, i -> String.valueOf(i * 7 % 200)));
        String task = "close: {type: regress, train: train.csv, text: text, label: label}";
        List<Double> values = Dataset.load(project(task)).tasks().get("close").dev().stream()
                .map(each -> ((Label.Number) each.label()).value())
                .sorted()
                .toList();
        assertThat(values).hasSize(20);
        for (int i = 0; i < 20; i++) assertThat(values.get(i)).isBetween(10.0 * i, 10.0 * i + 9);
    }

    @Test
    void aLabelInTestThatTrainLacksIsNamedWithFileLineAndNearest() {
        write("train.csv", "text,label\na,refund\nb,greet\n");
        write("test.csv", "text,label\nc,refund\nd,refnud\n");
        assertThat(problems(with(INTENT, "test: test.csv")))
                .containsExactly("test.csv:3: label 'refnud' never occurs in training; did you mean 'refund'?");
    }

    @Test
    void everyFileWithProblemsIsNamedAtOnce() {
        write("train.csv", "text,label\na,x\nb\n");
        write("test.csv", "text,lable\na,x\nb,y\n");
        write("stars.csv", "");
        assertThat(problems(
                        with(INTENT, "test: test.csv, dev: tset.csv"),
                        "stars: {type: ordinal, train: stars.csv, text: text, label: label}"))
                .containsExactly(
                        "train.csv:3: the row has 1 field, the header 2 (text, label)",
                        "tset.csv: there is no such file; did you mean 'test.csv'? There are project.yaml, stars.csv,"
                                + " test.csv, train.csv",
                        "test.csv:1: there is no column 'label'; did you mean 'lable'? There are text, lable",
                        "stars.csv: the file is empty");
    }

    @Test
    void aFileNeverNamesMoreThanTwentyOfItsLines() {
        write("train.csv", "text,label\n" + "only one\n".repeat(50));
        List<String> problems = problems(INTENT);
        assertThat(problems).hasSize(21);
        assertThat(problems.get(0)).startsWith("train.csv:2: ");
        assertThat(problems.get(19)).startsWith("train.csv:21: ");
        assertThat(problems.get(20)).isEqualTo("train.csv: and 30 more");
    }

    @Test
    void aTaskWithoutDataIsNamed() {
        write("train.csv", "text,label\na,\nb,\n");
        assertThat(problems(INTENT))
                .containsExactly("train.csv: task 'intent' has nothing to learn from: none of the file's 2 rows has a"
                        + " label in 'label'");
        write("train.csv", "text,label\n");
        assertThat(problems(INTENT)).containsExactly("train.csv: there is a header but no row");
        write("train.csv", "text,label\na,x\nb,x\n");
        assertThat(problems(INTENT))
                .singleElement()
                .asString()
                .contains("intent")
                .contains("x");
    }

    @Test
    void brokenUtf8AndUnbalancedQuotesAreNamed() throws IOException {
        byte[] latin = "text,label\na,x\ncaf\u00e9,y\n".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(folder.resolve("train.csv"), latin);
        write("test.csv", "text,label\na,x\n\"b,y\nc,x\n");
        assertThat(problems(with(INTENT, "test: test.csv")))
                .hasSize(2)
                .anyMatch(problem -> problem.startsWith("train.csv:3: byte 0xE9 at offset 18 is not UTF-8"))
                .contains("test.csv:3: a double quote opens here and is closed nowhere behind");
    }

    @Test
    void aConllRowWithTooFewColumnsIsNamed() {
        write("ner.conll", "New B-LOC\nYork I-LOC\n\nParis\n\nto O\nRome B-LOC\n");
        assertThat(problems("ner: {type: tag, train: ner.conll, token: 0, label: 1}"))
                .containsExactly("ner.conll:4: there is no column 1 in 'Paris', only column 0");
        assertThat(problems("ner: {type: tag, train: ner.conll, token: 0, label: 3}"))
                .hasSize(3)
                .first()
                .asString()
                .isEqualTo("ner.conll:1: there is no column 3 in 'New B-LOC', columns 0 to 1");
        assertThat(problems("ner: {type: tag, train: ner.conll, token: -1, label: 1}"))
                .as("the project is at fault, and says so once")
                .singleElement()
                .asString()
                .startsWith("project.yaml:2: ")
                .contains("'-1'");
    }

    @Test
    void anInsideTagWithoutABeginIsAWarningThatNamesIt() {
        write("ner.conll", "in O\nNew I-LOC\nYork I-LOC\n\nAcme B-ORG\nParis I-LOC\n");
        assertThat(warnings("ner: {type: tag, train: ner.conll, token: 0, label: 1}"))
                .containsExactly("ner.conll:2: 'I-LOC' follows neither 'B-LOC' nor 'I-LOC' and is read as 'B-LOC'; so"
                        + " are 1 more such tags of the file");
        write("ner.conll", "in O\nNew B-LOC\nYork I-LOC\nAcme B-ORG\n");
        assertThat(warnings("ner: {type: tag, train: ner.conll, token: 0, label: 1}"))
                .isEmpty();
    }

    @Test
    void aTestFileWithoutAnyLabelIsAWarning() {
        write("train.csv", "text,label\na,x\nb,y\n");
        write("test.csv", "text,label\nc,\n");
        assertThat(warnings(with(INTENT, "test: test.csv")))
                .containsExactly("test.csv: none of the 1 rows has a label: there is nothing to measure by");
    }

    @Test
    void aSubsetOfTheTasksIsLoadedAndAnUnknownNameIsRefused() {
        write("train.csv", "text,label\na,x\nb,y\n");
        Project project = project(INTENT, INTENT.replace("intent", "topic").replace("train.csv", "missing.csv"));
        assertThat(Dataset.load(project, List.of("intent")).tasks()).containsOnlyKeys("intent");
        assertThatThrownBy(() -> Dataset.load(project, List.of("intend")))
                .isInstanceOf(InputException.class)
                .hasMessage("there is no task 'intend' in " + project.file()
                        + "; did you mean 'intent'? There are intent, topic");
        assertThatThrownBy(() -> Dataset.load(project))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("missing.csv: there is no such file");
    }

    @Test
    void listsOfJsonAreLabels() {
        write("t.jsonl", "{\"body\":\"a\",\"topics\":[\"x|y\",\"z\"]}\n{\"body\":\"b\",\"topics\":[\"z\"]}\n");
        Dataset data = Dataset.load(
                project("t: {type: multilabel, train: t.jsonl, text: body, label: topics, separator: \"|\"}"));
        TaskData task = data.tasks().get("t");
        assertThat(task.task().labels()).containsExactlyInAnyOrder("x|y", "z");
    }
}
