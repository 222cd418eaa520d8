package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.model.Minilm;
import dev.polymath.task.Task;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path parent;

    private Path folder;

    @BeforeEach
    void write() {
        folder = parent.resolve("model");
        ModelFolder.write(folder, TinyModel.contents(1));
    }

    @Test
    void whatWasWrittenIsRead() {
        ModelFolder.Contents written = TinyModel.contents(1);
        ModelFolder read = ModelFolder.open(folder);
        assertThat(read.name()).isEqualTo("tiny");
        assertThat(read.config()).isEqualTo(written.config());
        assertThat(read.backbone().width()).isEqualTo(32);
        assertThat(read.groups()).isEqualTo(TinyModel.groups(read.tasks()));
        assertThat(read.balance()).isEqualTo(TinyModel.EQUAL);
        assertThat(read.maxTokens()).isEqualTo(64);
        assertThat(read.report()).isEqualTo(written.report());
        assertThat(read.tokenizer()).isEqualTo(written.tokenizer());
        assertThat(read.weights().asMap()).isEqualTo(written.weights().asMap());
        assertThat(read.tasks()).hasSameSizeAs(written.tasks());
        for (int i = 0; i < read.tasks().size(); i++) {
            assertThat(read.tasks().get(i).name())
                    .isEqualTo(written.tasks().get(i).name());
            assertThat(read.tasks().get(i).state())
                    .isEqualTo(written.tasks().get(i).state());
        }
        read.verify();
    }

    @Test
    void theBackbonesWeightsLieOnceWhereTransformersFindsThem() throws IOException {
        assertThat(Files.readSymbolicLink(folder.resolve("model.safetensors")))
                .isEqualTo(Path.of("onnx/model.safetensors"));
        assertThat(Safetensors.read(folder.resolve("model.safetensors")).names())
                .contains("embeddings.word_embeddings.weight")
                .noneMatch(name -> name.startsWith("heads."));
        assertThat(Safetensors.metadata(folder.resolve("model.safetensors"))).containsEntry("format", "pt");
        assertThat(Files.size(folder.resolve("onnx/trunk.onnx"))).isLessThan(200_000);
    }

    @Test
    void twelveTasksOnTheBuiltInBackboneTakeLittleMoreThanTheBackbone() throws IOException {
        List<Task> tasks = new ArrayList<>();
        Weights weights = Minilm.weights();
        for (int i = 0; i < 12; i++) {
            tasks.add(TinyModel.classify("task" + i, false, "a", "b", "c", "d", "e", "f", "g", "h"));
            weights = weights.with(tasks.get(i).initial(384, new SplittableRandom(i)));
        }
        ModelFolder.write(
                folder,
                new ModelFolder.Contents(
                        "large",
                        Minilm.config(),
                        weights,
                        Minilm.tokenizer(),
                        tasks,
                        TinyModel.groups(tasks),
                        TinyModel.EQUAL,
                        128,
                        JSON.createObjectNode()));
        long bytes = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) bytes += Files.size(file);
            }
        }
        assertThat(bytes).isBetween(90_000_000L, 93_000_000L);
        try (Polymath model = Polymath.open(folder)) {
            assertThat(model.predict("hello").answers()).hasSize(12);
        }
    }

    @Test
    void halfPrecisionIsServedAsFloats() {
        ModelFolder.Contents tiny = TinyModel.contents(1);
        Array half = new Array(DType.BF16, new long[] {32}, ByteBuffer.wrap(new byte[64]));
        Weights weights = tiny.weights().with(new Weights(Map.of("embeddings.LayerNorm.bias", half)));
        ModelFolder.write(
                folder,
                new ModelFolder.Contents(
                        "half",
                        tiny.config(),
                        weights,
                        tiny.tokenizer(),
                        tiny.tasks(),
                        tiny.groups(),
                        tiny.balance(),
                        tiny.maxTokens(),
                        tiny.report()));
        assertThat(ModelFolder.open(folder).weights().get("embeddings.LayerNorm.bias"))
                .isEqualTo(Array.zeros(32));
    }

    @Test
    void aTasksNameMayBeAnything() {
        List<Task> tasks = List.of(TinyModel.classify("../größe & Co.", false, "a", "b"));
        ModelFolder.write(folder, TinyModel.contents(1, tasks));
        assertThat(folder.resolve("onnx/head.%2E%2E%2Fgr%C3%B6%C3%9Fe%20%26%20Co%2E.onnx"))
                .exists();
        try (Polymath model = Polymath.open(folder)) {
            assertThat(model.predict("hello").answers()).containsOnlyKeys("../größe & Co.");
        }
    }

    @Test
    void anUnknownTaskIsAnsweredWithTheNearest() {
        assertThatThrownBy(() -> ModelFolder.open(folder).task("intnet"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'intnet'")
                .hasMessageContaining("did you mean 'intent'?");
    }

    // ---- what is wrong with a folder

    @Test
    void aFolderThatIsNoModelIsAnErrorOfTheUser() throws IOException {
        assertRefused(parent.resolve("nothing"), "there is no model folder");
        assertRefused(Files.createDirectory(parent.resolve("empty")), "is not a model folder");
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        for (String file : List.of("heads.safetensors", "onnx/head.intent.onnx", "onnx/model.safetensors")) {
            ModelFolder.write(folder, TinyModel.contents(1));
            Files.delete(folder.resolve(file));
            assertRefused(folder, file.equals("onnx/model.safetensors") ? "model.safetensors" : file);
        }
    }

    @Test
    void aFileOfAnotherSizeIsNamedAtOnce() throws IOException {
        Files.writeString(folder.resolve("report.json"), "{}");
        assertRefused(folder, "report.json has been changed");
    }

    @Test
    void aFileOfTheSameSizeIsNamedByVerifying() throws IOException {
        Path heads = folder.resolve("heads.safetensors");
        byte[] bytes = Files.readAllBytes(heads);
        bytes[bytes.length - 1] ^= 1;
        Files.write(heads, bytes);
        ModelFolder opened = ModelFolder.open(folder);
        assertThatThrownBy(opened::verify)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("heads.safetensors has been changed");
    }

    @Test
    void aNewerFormatIsRefused() throws IOException {
        edit(json -> json.put("format", 3));
        assertRefused(folder, "newer than this Polymath");
    }

    @Test
    void aDamagedManifestIsRefused() throws IOException {
        edit(json -> json.remove("format"));
        assertRefused(folder, "no valid 'format'");
        edit(json -> json.put("format", 2).remove("max_tokens"));
        assertRefused(folder, "max_tokens");
        edit(json ->
                json.put("max_tokens", 64).withObject("/tasks/intent/state").removeAll());
        assertRefused(folder, "damaged");
        Files.writeString(folder.resolve("polymath.json"), "{");
        assertRefused(folder, "not JSON");
    }

    @Test
    void aFileThatTheManifestDoesNotListIsRefused() throws IOException {
        edit(json -> json.withObject("/files").remove("onnx/trunk.onnx"));
        assertRefused(folder, "does not list 'onnx/trunk.onnx'");
    }

    @Test
    void pathsThatLeaveTheFolderAreRefused() throws IOException {
        Files.writeString(parent.resolve("secret"), "12345");
        for (String path : List.of("../secret", "onnx/../../secret", parent.resolve("secret") + "")) {
            ModelFolder.write(folder, TinyModel.contents(1));
            edit(json ->
                    json.withObject("/files").putObject(path).put("bytes", 5).put("sha256", "0"));
            assertRefused(folder, "outside of the model folder");
        }
    }

    @Test
    void aLinkThatLeavesTheFolderIsRefused() throws IOException {
        Path report = folder.resolve("report.json");
        Files.move(report, parent.resolve("report.json"));
        Files.createSymbolicLink(report, parent.resolve("report.json"));
        assertRefused(folder, "outside of the model folder");
    }

    // ---- writing over another

    @Test
    void aNewModelTakesTheOldOnesPlace() {
        ModelFolder.write(folder, TinyModel.contents(2));
        assertThat(ModelFolder.open(folder).report().get("seed").asInt()).isEqualTo(2);
    }

    @Test
    void aModelCanBeWrittenOverItself() {
        ModelFolder old = ModelFolder.open(folder);
        ModelFolder.Contents same = TinyModel.contents(1);
        ModelFolder.write(
                folder,
                new ModelFolder.Contents(
                        "same",
                        old.config(),
                        old.weights(),
                        old.tokenizer(),
                        old.tasks(),
                        old.groups(),
                        old.balance(),
                        old.maxTokens(),
                        old.report()));
        assertThat(ModelFolder.open(folder).weights().asMap())
                .isEqualTo(same.weights().asMap());
    }

    @Test
    void aHeadThatCannotBeWrittenLeavesTheOldModelWhole() {
        ModelFolder.Contents headless = TinyModel.contents(2);
        ModelFolder.Contents broken = new ModelFolder.Contents(
                headless.name(),
                headless.config(),
                headless.weights().filter(name -> !name.startsWith("heads.nli.")),
                headless.tokenizer(),
                headless.tasks(),
                headless.groups(),
                headless.balance(),
                headless.maxTokens(),
                headless.report());
        assertThatThrownBy(() -> ModelFolder.write(folder, broken)).hasMessageContaining("heads.nli.");
        ModelFolder whole = ModelFolder.open(folder);
        whole.verify();
        assertThat(whole.report().get("seed").asInt()).isEqualTo(1);
        assertThat(parent.toFile().list()).containsExactly("model");
    }

    @Test
    void openingRepairsAnInterruptedSwap() throws IOException {
        Files.move(folder, parent.resolve(".model.old"));
        assertThat(ModelFolder.open(folder).report().get("seed").asInt()).isEqualTo(1);
    }

    @Test
    void aFolderOfSomethingElseIsNotReplaced() throws IOException {
        Path home = Files.createDirectory(parent.resolve("home"));
        Files.writeString(home.resolve("letter.txt"), "dear");
        assertThatThrownBy(() -> ModelFolder.write(home, TinyModel.contents(1)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("not a model folder");
        assertThat(home.resolve("letter.txt")).hasContent("dear");
        Path file = home.resolve("letter.txt");
        assertThatThrownBy(() -> ModelFolder.write(file, TinyModel.contents(1)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is a file");
    }

    private interface Edit {
        void apply(ObjectNode json);
    }

    private void edit(Edit edit) throws IOException {
        Path file = folder.resolve("polymath.json");
        ObjectNode json = (ObjectNode) JSON.readTree(file.toFile());
        edit.apply(json);
        JSON.writeValue(file.toFile(), json);
    }

    private static void assertRefused(Path folder, String message) {
        assertThatThrownBy(() -> ModelFolder.open(folder))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }
}
