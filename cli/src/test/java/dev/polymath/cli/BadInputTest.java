package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Slips in a project and its data: found by {@code check} and by {@code train} before anything is learned or written. */
class BadInputTest {
    @TempDir
    Path folder;

    private Shop shop;

    /**
     * @param what the slip
     * @param says what the message holds
     */
    record Slip(String what, Consumer<Shop> make, List<String> says) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Slip slip(String what, Consumer<Shop> make, String... says) {
        return new Slip(what, make, List.of(says));
    }

    @BeforeEach
    void writeTheProject() {
        shop = new Shop(folder);
    }

    static Stream<Slip> slipsInData() {
        return Stream.of(
                slip("an empty file", shop -> shop.write("same.train.csv", ""), "same.train.csv", "empty"),
                slip(
                        "a header without rows",
                        shop -> shop.write("same.train.csv", "a,b,same\n"),
                        "same.train.csv",
                        "a header but no row"),
                slip(
                        "a wrong name of a column",
                        shop -> shop.replace("shop.yaml", "text: body", "text: boddy"),
                        "topics.train.csv:1: ",
                        "'boddy'",
                        "did you mean 'body'?"),
                slip(
                        "a label in test that train lacks",
                        shop -> shop.change("same.test.csv", text -> text + "x,y,yess\n"),
                        "same.test.csv:10",
                        "'yess'",
                        "did you mean 'yes'?"),
                slip(
                        "broken UTF-8",
                        shop -> shop.write(
                                "same.train.csv", "a,b,same\ncaf\u00e9,x,yes\n".getBytes(StandardCharsets.ISO_8859_1)),
                        "same.train.csv:2",
                        "0xE9",
                        "UTF-8"),
                slip(
                        "unbalanced quotes",
                        shop -> shop.change("same.train.csv", text -> text + "\"open,b,yes\nx,y,no\n"),
                        "same.train.csv:26",
                        "quote"),
                slip(
                        "a CoNLL row with too few columns",
                        shop -> shop.change("places.train.conll", text -> "lonely\n" + text),
                        "places.train.conll:1",
                        "column"),
                slip("a missing file", shop -> shop.delete("same.test.csv"), "same.test.csv", "no such file"));
    }

    static Stream<Slip> slipsInTheProject() {
        return Stream.of(
                slip(
                        "an unknown key",
                        shop -> shop.replace("shop.yaml", "epochs: 2", "epoches: 2"),
                        "shop.yaml:10",
                        "'epoches'",
                        "did you mean 'epochs'?"),
                slip(
                        "a task without data",
                        shop -> shop.replace("shop.yaml", "train: same.train.csv, ", ""),
                        "shop.yaml:4",
                        "task 'same' lacks 'train'"),
                slip(
                        "two tasks with one name",
                        shop -> shop.replace("shop.yaml", "  topics:", "  same:"),
                        "shop.yaml:5",
                        "two tasks are named 'same'"),
                slip(
                        "an unknown kind of task",
                        shop -> shop.replace("shop.yaml", "type: classify", "type: clasify"),
                        "shop.yaml:4",
                        "did you mean 'classify'?"),
                slip("no YAML", shop -> shop.write("shop.yaml", "tasks: {same: [\n"), "shop.yaml", "not YAML"),
                slip("an empty project", shop -> shop.write("shop.yaml", ""), "shop.yaml", "empty"),
                slip("a missing project", shop -> shop.delete("shop.yaml"), "shop.yaml", "no such file"),
                slip(
                        "negative epochs",
                        shop -> shop.replace("shop.yaml", "epochs: 2", "epochs: -1"),
                        "shop.yaml:10",
                        "'-1'"),
                slip(
                        "no tokens in a batch",
                        shop -> shop.replace("shop.yaml", "batch_tokens: 256", "batch_tokens: 0"),
                        "shop.yaml:10",
                        "'0'"),
                slip(
                        "an unknown precision",
                        shop -> shop.replace("shop.yaml", "precision: fp32", "precision: fp16"),
                        "shop.yaml:10",
                        "'fp16'",
                        "did you mean 'fp32'?"));
    }

    static Stream<Slip> slipsInParts() {
        return Stream.of(
                slip(
                        "an unknown part",
                        shop -> shop.replace("shop.yaml", "sharing: hard", "sharing: harf"),
                        "shop.yaml:9: ",
                        "'harf'",
                        "did you mean 'hard'?"),
                slip(
                        "an unknown knob",
                        shop -> shop.replace(
                                "shop.yaml", "sharing: hard", "sampling: {type: temperature, temprature: 2}"),
                        "shop.yaml:9: ",
                        "'temprature'",
                        "did you mean 'temperature'?"),
                slip(
                        "a knob out of its range",
                        shop -> shop.replace(
                                "shop.yaml", "sharing: hard", "sampling: {type: temperature, temperature: 0.5}"),
                        "shop.yaml:9: ",
                        "temperature is 0.5"),
                slip(
                        "an unknown backbone",
                        shop -> shop.replace("shop.yaml", "backbone: bert", "backbone: minilmm"),
                        "shop.yaml:2: ",
                        "'minilmm'",
                        "did you mean 'minilm'?"),
                slip(
                        "a backbone that lacks a file",
                        shop -> shop.delete("bert/tokenizer.json"),
                        "shop.yaml:2: ",
                        "tokenizer.json"),
                slip(
                        "a backbone whose tensor has another shape",
                        shop -> shop.replace(
                                "bert/config.json", "\"intermediate_size\": 48", "\"intermediate_size\": 64"),
                        "shop.yaml:2: ",
                        "intermediate.dense.weight",
                        "[48, 32]",
                        "[64, 32]"),
                slip(
                        "a backbone with a broken tokenizer",
                        shop -> shop.write("bert/tokenizer.json", "{"),
                        "shop.yaml:2: ",
                        "tokenizer.json"),
                slip(
                        "a backbone whose weights are cut off",
                        shop -> shop.write("bert/model.safetensors", new byte[] {1, 2, 3}),
                        "shop.yaml:2: ",
                        "model.safetensors"));
    }

    @ParameterizedTest
    @MethodSource({"slipsInData", "slipsInTheProject", "slipsInParts"})
    void aSlipIsToldWithItsPlaceAndNothingIsWritten(Slip slip) {
        slip.make.accept(shop);
        List<String> before = shop.files();
        String[] says = slip.says.toArray(new String[0]);
        Ran train = Ran.polymath("train", shop.project(), "--out", folder.resolve("model"))
                .refused(says);
        assertThat(train.err().lines()).hasSizeLessThan(4);
        Ran check = Ran.polymath("check", shop.project());
        assertThat(check.code()).isEqualTo(2);
        assertThat(check.out()).contains(says);
        assertThat(check.err()).isEmpty();
        assertThat(shop.files()).isEqualTo(before);
    }

    @Test
    void slipsInSeveralPlacesAreToldTogether() {
        shop.replace("shop.yaml", "sharing: hard", "sharing: harf");
        shop.write("same.train.csv", "");
        shop.change("topics.test.csv", text -> text + "my hat,hat\n");
        Ran.polymath("train", shop.project(), "--out", folder.resolve("model"))
                .refused("'harf'", "same.train.csv", "topics.test.csv:10", "'hat'");
    }

    @Test
    void aProjectThatIsAFolderIsRefused() {
        Ran.polymath("train", folder, "--out", folder.resolve("model")).refused("folder");
    }

    @Test
    void anUnknownTaskIsRefused() {
        for (String command : List.of("train", "check")) {
            List<String> arguments = command.equals("train")
                    ? List.of(command, shop.project().toString(), "--tasks", "same,plaices", "--out", "model")
                    : List.of(command, shop.project().toString(), "--tasks", "same,plaices");
            Ran.polymath(arguments.toArray()).refused("'plaices'", "did you mean 'places'?");
        }
    }

    @Test
    void wrongArgumentsAreRefused() {
        Ran.polymath("train", shop.project(), "--out", "m", "--epochs", "3").refused("--epochs", "polymath help train");
        Ran.polymath("trian").refused("trian", "train");
        Ran.polymath().refused("Missing required subcommand", "Usage: polymath", "predict");
        Ran.polymath("train", shop.project()).refused("--out");
        Ran.polymath("train", shop.project(), "--out", "m", "--set", "epochs").refused("key=value");
        Ran.polymath("train", shop.project(), "--out", "m", "--set", "train.epoch=1")
                .refused("--set train.epoch=1", "did you mean 'epochs'?");
    }

    @Test
    void everyCommandTellsHowItIsUsed() {
        for (String command :
                List.of("demo", "check", "train", "evaluate", "predict", "parts", "compare", "add", "remove", "diff")) {
            for (String option : List.of("--help", "-h"))
                assertThat(Ran.polymath(command, option).done().out()).contains("Usage: polymath " + command);
        }
    }

    @Test
    void aPlaceWhereNoModelCanBeIsFoundBeforeTraining() throws Exception {
        // A project with broken data: a message about the place shows that the data have not been read before.
        shop.write("same.train.csv", "");
        Path file = shop.write("file", "text");
        Path full = Files.createDirectory(folder.resolve("full"));
        Files.writeString(full.resolve("precious"), "text");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
        List<String> before = shop.files();
        Ran.polymath("train", shop.project(), "--out", file).refused("file", "a model is a folder");
        Ran.polymath("train", shop.project(), "--out", file.resolve("below/model"))
                .refused(file + " is a file");
        Ran.polymath("train", shop.project(), "--out", full).refused("not a model folder");
        Ran.polymath("train", shop.project(), "--out", link).refused("link to nothing");
        Ran.polymath("train", shop.project(), "--out", "/").refused("another folder");
        if (Files.isDirectory(Path.of("/proc/self"))) {
            Ran.polymath("train", shop.project(), "--out", "/proc/self/model").refused("/proc/self/model");
        }
        assertThat(shop.files()).isEqualTo(before);
    }

    @Test
    void tagsInsideWithoutABeginningAndLongAndEmptyTextsAreLearnedFrom() {
        shop.change("places.train.conll", text -> "to\tO\nRome\tI-LOC\n\n" + text);
        shop.change("topics.train.csv", text -> text + "parcel ".repeat(14_286) + ",parcel\n,coat\n");
        Path model = folder.resolve("model");
        Ran ran = Ran.polymath(
                        "train", shop.project(), "--out", model, "--tasks", "places,topics", "--set", "train.epochs=1")
                .done();
        assertThat(ran.err()).contains("polymath: warning: ", "places.train.conll:2: 'I-LOC'");
        assertThat(model).exists();
    }
}
