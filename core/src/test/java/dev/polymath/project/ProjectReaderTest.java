package dev.polymath.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectReaderTest {
    private static final String TASK = "{type: classify, train: intent.csv, text: utterance, label: intent}";

    @TempDir
    Path folder;

    private Path write(String yaml) {
        try {
            return Files.writeString(folder.resolve("project.yaml"), yaml);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Assignment> set(String... arguments) {
        return Stream.of(arguments).map(Assignment::parse).toList();
    }

    /** Problems without the name of the file: {@code 3: message}. */
    private List<String> problems(String yaml, String... arguments) {
        Path file = write(yaml);
        return ProjectReader.check(file, set(arguments)).problems().stream()
                .map(Problem::toString)
                .map(text -> text.replace(file + ":", ""))
                .toList();
    }

    @Test
    void aProjectIsReadAsWritten() {
        Path file = write(
                """
                name: support
                backbone: minilm
                tasks:
                  intent:   {type: classify, train: data/intent.csv, dev: ../dev.csv, text: utterance, label: intent}
                  stars:
                    type: ordinal
                    train: stars.csv
                    test: stars.test.csv
                    text: review
                    label: stars
                    labels: [1, "2", no]
                sharing: {type: lora, rank: 8, alpha: 1e-1, sites: [query, value], merge: true, of: x}
                balance: equal
                sampling: {type: temperature, temperature: 2}
                train: {epochs: 0.5, batch_tokens: 1024, learning_rate: 3.0e-4, head_learning_rate: 1e-3, warmup: 0,
                        sharing_learning_rate: 2e-3, backbone: frozen,
                        weight_decay: 0, clip: 0, dropout: 0, max_tokens: 64, precision: bf16, seed: -1}
                """);
        Project project = ProjectReader.read(file, List.of());
        assertThat(project.file()).isEqualTo(file);
        assertThat(project.name()).isEqualTo("support");
        assertThat(project.backbone()).isEqualTo("minilm");
        assertThat(project.tasks().keySet()).containsExactly("intent", "stars");
        TaskSpec intent = project.tasks().get("intent");
        assertThat(intent.train()).isEqualTo(folder.resolve("data/intent.csv"));
        assertThat(intent.dev()).isEqualTo(folder.getParent().resolve("dev.csv"));
        assertThat(intent.test()).isNull();
        assertThat(intent.line()).isEqualTo(4);
        assertThat(intent.settings()).isEqualTo(Map.of("text", "utterance", "label", "intent"));
        assertThat(project.tasks().get("stars").settings()).containsEntry("labels", List.of("1", "2", "no"));
        assertThat(project.parts().sharing())
                .isEqualTo(SharingSpec.of(new PartSpec(
                        "lora",
                        Map.of(
                                "rank",
                                8L,
                                "alpha",
                                0.1,
                                "sites",
                                List.of("query", "value"),
                                "merge",
                                true,
                                "of",
                                "x"))));
        assertThat(project.parts().balance()).isEqualTo(new PartSpec("equal", Map.of()));
        assertThat(project.parts().sampling()).isEqualTo(new PartSpec("temperature", Map.of("temperature", 2L)));
        assertThat(project.train())
                .isEqualTo(new TrainSpec(
                        0.5,
                        1024,
                        3e-4,
                        1e-3,
                        2e-3,
                        TrainSpec.Learns.FROZEN,
                        0,
                        0,
                        0,
                        0,
                        64,
                        Integer.MAX_VALUE,
                        TrainSpec.Precision.BF16,
                        -1));
    }

    @Test
    void modelsOfATaskAloneMayLearnInAnotherWay() {
        String start = "tasks:\n  a: " + TASK + "\ntrain: {epochs: 2, seed: 4}\n";
        assertThat(ProjectReader.read(write(start), List.of()).single()).isNull();
        assertThat(ProjectReader.read(write(start + "single: false"), List.of()).single())
                .isNull();
        Project same = ProjectReader.read(write(start + "single: true"), List.of());
        assertThat(same.single()).isEqualTo(same.train());
        Project other = ProjectReader.read(write(start + "single: {batch_tokens: 512}"), List.of());
        assertThat(other.train().batchTokens()).isEqualTo(4096);
        assertThat(other.single().batchTokens()).isEqualTo(512);
        assertThat(other.single().epochs()).isEqualTo(2);
        assertThat(other.alone().train()).isEqualTo(other.single());
        assertThat(problems(start + "single: {batch_token: 512}"))
                .singleElement()
                .asString()
                .startsWith("4: unknown key 'batch_token' in single; did you mean 'batch_tokens'?");
        assertThat(problems(start + "single: {epochs: 0}"))
                .containsExactly("4: 'epochs' in single must be a number above 0, not '0'");
        assertThat(problems(start + "single: {seed: 3}"))
                .singleElement()
                .asString()
                .startsWith("4: unknown key 'seed' in single");
    }

    @Test
    void tasksMayShareEachInItsOwnWay() {
        String tasks = "tasks:\n  a: " + TASK + "\n  b: " + TASK + "\n  c: " + TASK + "\n";
        String sharing = "sharing: {c: lora, a: {type: lora, rank: 4}}\n";
        SharingSpec spec =
                ProjectReader.read(write(tasks + sharing), List.of()).parts().sharing();
        assertThat(spec.of(List.of("a", "b", "c")))
                .containsExactly(
                        Map.entry("a", new PartSpec("lora", Map.of("rank", 4L))),
                        Map.entry("b", new PartSpec("hard", Map.of())),
                        Map.entry("c", new PartSpec("lora", Map.of())));
        assertThat(problems(tasks + "sharing: {aa: lora}"))
                .containsExactly("5: unknown key 'aa' in sharing by task; did you mean 'a'? There are a, b, c");
    }

    @Test
    void whatIsNotSaidHasADefault() {
        Project project = ProjectReader.read(write("tasks:\n  intent: " + TASK + "\n"), List.of());
        assertThat(project.name()).isEqualTo("project");
        assertThat(project.backbone()).isEqualTo("minilm");
        assertThat(project.parts().sharing()).isEqualTo(SharingSpec.of(new PartSpec("hard", Map.of())));
        assertThat(project.parts().balance().type()).isEqualTo("equal");
        assertThat(project.parts().sampling().type()).isEqualTo("proportional");
        assertThat(project.train())
                .isEqualTo(new TrainSpec(
                        3,
                        4096,
                        1e-4,
                        1e-4 * TrainReader.HEAD_RATE,
                        1e-4 * TrainReader.HEAD_RATE,
                        TrainSpec.Learns.AUTO,
                        0.06,
                        0.01,
                        1,
                        0,
                        256,
                        Integer.MAX_VALUE,
                        TrainSpec.Precision.AUTO,
                        13));
    }

    @Test
    void anUnknownKeyAtAnyLevelNamesItsLineAndTheNearest() {
        assertThat(
                        problems(
                                """
                        bakbone: minilm
                        tasks:
                          intent:
                            type: classify
                            train: intent.csv
                            text: utterance
                            lable: intent
                            label: intent
                        train:
                          epochs: 1
                          learning_rat: 1.0e-3
                        """))
                .containsExactly(
                        "1: unknown key 'bakbone' in the project; did you mean 'backbone'? There are backbone, balance,"
                                + " habits, name, sampling, sharing, single, tasks, train",
                        "7: unknown key 'lable' in task 'intent'; did you mean 'label'? There are dev, label, labels,"
                                + " pooling, test, text, text2, train, type",
                        "11: unknown key 'learning_rat' in train; did you mean 'learning_rate'? There are backbone,"
                                + " batch_tokens, clip, dropout, epochs, head_learning_rate, learning_rate, max_rows, max_tokens, precision,"
                                + " seed, sharing_learning_rate, warmup, weight_decay");
    }

    @Test
    void twoTasksOfOneNameAreNamedWithBothLines() {
        assertThat(problems("tasks:\n  intent: " + TASK + "\n  other: " + TASK + "\n  intent: " + TASK + "\n"))
                .containsExactly("4: two tasks are named 'intent', here and on line 2");
        assertThat(problems("name: a\nname: b\ntasks: {a: " + TASK + "}\n"))
                .containsExactly("2: the key 'name' stands twice, here and on line 1");
    }

    @Test
    void anUnknownTaskTypeNamesTheNearestAndAll() {
        assertThat(problems("tasks:\n  a: " + TASK.replace("classify", "clasify") + "\n"))
                .containsExactly("2: there is no task type 'clasify'; did you mean 'classify'? There are "
                        + String.join(", ", dev.polymath.task.TaskKinds.types()));
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThat(problems("name: x\n")).containsExactly("1: the project lacks 'tasks'");
        assertThat(problems("tasks: {}\n")).containsExactly("1: 'tasks' declares no task");
        assertThat(problems("tasks:\n  a: {train: x.csv}\n  b: {type: classify, text: t}\n  c:\n  d: x\n"))
                .containsExactly(
                        "2: task 'a' lacks 'type'; there are " + String.join(", ", dev.polymath.task.TaskKinds.types()),
                        "3: task 'b' lacks 'label'",
                        "3: task 'b' lacks 'train'",
                        "4: task 'c' must be a mapping such as {type: classify, train: intent.csv, ...}, not nothing",
                        "5: task 'd' must be a mapping such as {type: classify, train: intent.csv, ...}, not 'x'");
    }

    @Test
    void valuesOfTheWrongTypeOrOutOfRangeAreNamed() {
        String yaml =
                """
                tasks: {a: %s}
                sharing: 3
                balance: {rank: 8}
                sampling: [a]
                train:
                  epochs: 0
                  batch_tokens: 15
                  learning_rate: fast
                  warmup: 1.5
                  dropout: 1
                  precision: bf61
                  seed: 1.5
                  clip:
                """
                        .formatted(TASK.replace("intent.csv", "[a.csv]"));
        assertThat(problems(yaml))
                .containsExactly(
                        "1: 'train' in task 'a' must be a text, not a list",
                        "2: 'sharing' in the project must be a part: a name, or {type: name, knob: value}, not '3'",
                        "3: 'balance' in the project must be a part: a name, or {type: name, knob: value}, not a"
                                + " mapping",
                        "4: 'sampling' in the project must be a part: a name, or {type: name, knob: value}, not a"
                                + " list",
                        "6: 'epochs' in train must be a number above 0, not '0'",
                        "7: 'batch_tokens' in train must be a whole number of 16 or more, not '15'",
                        "8: 'learning_rate' in train must be a number above 0 and below 1, not 'fast'",
                        "9: 'warmup' in train must be a number from 0 to 1, not '1.5'",
                        "10: 'dropout' in train must be a number from 0 to less than 1, not '1'",
                        "11: there is no precision 'bf61'; did you mean 'bf16'? There are auto, fp32, bf16",
                        "12: 'seed' in train must be a whole number, not '1.5'",
                        "13: 'clip' in train must be a number of 0 or more, not nothing");
    }

    @Test
    void taskNamesThatCannotNameFilesAreRefused() {
        String name = "a".repeat(65);
        assertThat(problems("tasks:\n  .hidden: " + TASK + "\n  a/b: " + TASK + "\n  " + name + ": " + TASK
                        + "\n  fine-1.0_x: " + TASK + "\n"))
                .hasSize(3)
                .allMatch(problem -> problem.contains("is no name for a task"));
    }

    @Test
    void aBackboneThatIsNoFolderIsNamed() {
        assertThat(problems("backbone: minilmm\ntasks: {a: " + TASK + "}\n"))
                .containsExactly("1: the backbone 'minilmm' is neither built in nor a folder; did you mean 'minilm'?"
                        + " There is minilm");
        Project project = ProjectReader.read(write("backbone: .\ntasks: {a: " + TASK + "}\n"), List.of());
        assertThat(project.backbone()).isEqualTo(folder.toString());
    }

    @Test
    void brokenYamlNamesItsLine() {
        List<String> problems = problems("name: x\ntasks:\n  a: {type: classify\n  b: 1\n");
        assertThat(problems)
                .singleElement()
                .asString()
                .startsWith("4: this is not YAML: ")
                .contains("expected ','");
        assertThat(problems("")).singleElement().asString().contains("the file is empty");
        assertThat(problems("- a\n")).singleElement().asString().contains("the file is a list");
    }

    @Test
    void aMissingProjectFileNamesTheNearest() {
        write("");
        Path file = folder.resolve("projcet.yaml");
        assertThatThrownBy(() -> ProjectReader.read(file, List.of()))
                .isInstanceOf(InputException.class)
                .hasMessage(file + ": there is no such file; did you mean 'project.yaml'? There is project.yaml");
    }

    @Test
    void argumentsReplaceValuesBeforeTheChecks() {
        String yaml = "sharing: lora\nbalance: bad\ntasks:\n  a: " + TASK + "\n  a.b: " + TASK + "\n";
        List<Assignment> assignments = set(
                "train.epochs=1",
                "train.seed=7",
                "balance=equal",
                "sharing.rank=8",
                "tasks.a.label=x",
                "tasks.a.b.label=y",
                "tasks.a.b.labels=[p, q]",
                "sampling={type: temperature, temperature: 5}");
        Project project = ProjectReader.read(write(yaml), assignments);
        assertThat(project.train().epochs()).isEqualTo(1);
        assertThat(project.train().seed()).isEqualTo(7);
        assertThat(project.parts().balance().type()).isEqualTo("equal");
        assertThat(project.parts().sharing()).isEqualTo(SharingSpec.of(new PartSpec("lora", Map.of("rank", 8L))));
        assertThat(project.parts().sampling().knobs()).containsEntry("temperature", 5L);
        assertThat(project.tasks().get("a").setting("label")).isEqualTo("x");
        assertThat(project.tasks().get("a.b").setting("label")).isEqualTo("y");
        assertThat(project.tasks().get("a.b").settings()).containsEntry("labels", List.of("p", "q"));
        assertThat(project.tasks().get("a").line()).isEqualTo(4);
        String block = "tasks:\n  a:\n    type: classify\n    train: a.csv\n    text: t\n    label: l\n";
        assertThat(ProjectReader.read(write(block), set("tasks.a.label=x"))
                        .tasks()
                        .get("a")
                        .line())
                .isEqualTo(2);
    }

    @Test
    void aWrongArgumentIsNamed() {
        String yaml = "name: x\ntasks:\n  intent: " + TASK + "\n";
        assertThat(problems(yaml, "train.epoch=1", "train.clip=-1", "tasks.intend.label=x", "name.x=1", "balance={"))
                .satisfiesExactlyInAnyOrder(
                        problem -> assertThat(problem)
                                .startsWith(
                                        "--set train.epoch=1: unknown key 'epoch' in train; did you mean 'epochs'?"),
                        problem -> assertThat(problem)
                                .isEqualTo("--set train.clip=-1: 'clip' in train must be a number of 0 or more,"
                                        + " not '-1'"),
                        problem -> assertThat(problem)
                                .isEqualTo("--set tasks.intend.label=x: there is no task 'intend'; did you mean"
                                        + " 'intent'? There is intent"),
                        problem -> assertThat(problem).isEqualTo("--set name.x=1: 'name' is 'x' and has no keys below"),
                        problem -> assertThat(problem).startsWith("--set balance={: this is not YAML: "));
        assertThatThrownBy(() -> Assignment.parse("epochs"))
                .hasMessage("--set epochs: write key=value, such as train.epochs=1");
    }

    @Test
    void readingThrowsEveryProblemOneALine() {
        Path file = write("nam: x\ntasks:\n  a: {type: nothing}\n");
        assertThatThrownBy(() -> ProjectReader.read(file, List.of()))
                .isInstanceOf(InputException.class)
                .hasMessageMatching("(?s)\\Q" + file + "\\E:1: [^\n]*'nam'[^\n]*\n\\Q" + file + "\\E:3: [^\n]*");
    }
}
