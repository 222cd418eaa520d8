package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slips in using a model. */
class BadUseTest {
    @TempDir
    static Path folder;

    private static Shop shop;
    private static Path model;

    private List<String> before;

    @BeforeAll
    static void train() {
        shop = new Shop(folder);
        model = folder.resolve("model");
        Ran.polymath("train", shop.project(), "--out", model, "--set", "train.epochs=1")
                .done();
    }

    @BeforeEach
    void list() {
        before = shop.files();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(shop.files()).isEqualTo(before);
    }

    @Test
    void aModelThatIsNoneIsRefused() {
        for (String command : List.of("predict", "evaluate")) {
            Ran.polymath(command, folder.resolve("nothing")).refused("there is no model folder", "nothing");
            Ran.polymath(command, folder.resolve("bert")).refused("is not a model folder", "bert");
            Ran.polymath(command, shop.project()).refused("is not a model folder", "shop.yaml");
        }
    }

    @Test
    void anUnknownTaskIsRefusedBeforeALineIsRead() {
        Ran.polymath("predict", model, "--tasks", "plaices").refused("'plaices'", "did you mean 'places'?");
    }

    @Test
    void aTaskOnPairsRefusesALineWithoutASecondText() {
        Ran ran = predict("{\"text\": \"a\", \"text2\": \"b\"}\n{\"text\": \"a\"}\n", "--tasks", "same")
                .refused("standard input:2", "'same'", "pairs", "text2");
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void brokenLinesAreToldWithTheirPlace() {
        predict("{\"text\": \"a\"}\n{\"txt\": \"b\"}\n").refused("standard input:2", "no \"text\"", "txt");
        predict("{\"text\": \"a\"}\n{\"text\": 3}\n").refused("standard input:2", "not a text");
        predict("{\"text\": \"a\"}\n{\"text\": \n").refused("standard input:2", "not JSON");
        predict("{\"text\": \"a\"}\n[1]\n").refused("standard input:2", "not a JSON object");
        Ran.polymath("one\ntwo\ncaf\u00e9\nfour\n".getBytes(StandardCharsets.ISO_8859_1), "predict", model)
                .refused("standard input:3", "not UTF-8");
    }

    @Test
    void aBrokenLineLeavesNoFileOfAnswers() throws IOException {
        Path in = Files.writeString(folder.resolve("in.jsonl"), "{\"text\": \"a\"}\nb\n");
        Path out = folder.resolve("out.jsonl");
        Ran.polymath("predict", model, "--in", in, "--out", out).refused("in.jsonl:2", "not JSON");
        Files.delete(in);
        assertThat(out).doesNotExist();
    }

    @Test
    void filesThatCannotBeReadOrWrittenAreRefused() {
        Ran.polymath("predict", model, "--in", folder.resolve("none.txt")).refused("none.txt", "no such file");
        Ran.polymath("predict", model, "--in", folder).refused("is a folder");
        for (String option : List.of("predict --out", "evaluate --json")) {
            String command = option.split(" ")[0];
            String name = option.split(" ")[1];
            Ran.polymath(command, model, name, folder).refused("is a folder");
            Ran.polymath(command, model, name, folder.resolve("none/out")).refused("none", "does not exist");
            Ran.polymath(command, model, name, shop.project().resolve("out")).refused("shop.yaml");
        }
    }

    @Test
    void evaluateAsksForTheProjectWhereItIsGone() throws IOException {
        Path moved = folder.resolve("moved.yaml");
        Files.move(shop.project(), moved);
        try {
            Ran.polymath("evaluate", model).refused("shop.yaml, which is gone", "--project");
            Ran.polymath("evaluate", model, "--project", moved).done();
        } finally {
            Files.move(moved, shop.project());
        }
        Ran.polymath("evaluate", model, "--project", folder.resolve("none.yaml"))
                .refused("none.yaml", "no such file");
    }

    @Test
    void aSplitWithoutRowsOrOfNoNameIsRefused() throws IOException {
        Path other = Files.writeString(folder.resolve("other.yaml"), Shop.PROJECT.replaceAll("test: [a-z.]+, ", ""));
        Ran.polymath("evaluate", model, "--project", other).refused("other.yaml", "'test'", "--split");
        Ran.polymath("evaluate", model, "--split", "tset").refused("--split", "'tset'", "did you mean 'test'?");
        Files.delete(other);
    }

    @Test
    void aProjectThatTheModelWasNotMadeForIsRefused() throws IOException {
        Path other = Files.writeString(
                folder.resolve("other.yaml"),
                Shop.PROJECT
                        .replace("same.", "other.")
                        .replace("type: ordinal", "type: classify")
                        .replaceFirst(", labels.*]", ""));
        for (String split : List.of("train", "test")) {
            shop.write(
                    "other." + split + ".csv",
                    shop.read("same." + split + ".csv").replace(",no\n", ",never\n"));
        }
        Ran.polymath("evaluate", model, "--project", other)
                .refused("other.test.csv:3", "'never'", "'stars'", "'ordinal'", "'classify'");
        for (String file : List.of("other.yaml", "other.train.csv", "other.test.csv")) shop.delete(file);
    }

    private static Ran predict(String input, Object... more) {
        Object[] arguments = new Object[2 + more.length];
        arguments[0] = "predict";
        arguments[1] = model;
        System.arraycopy(more, 0, arguments, 2, more.length);
        return Ran.polymath(input.getBytes(StandardCharsets.UTF_8), arguments);
    }
}
