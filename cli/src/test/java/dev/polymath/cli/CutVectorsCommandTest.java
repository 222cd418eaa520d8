package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shorter vectors, and those of fewer layers, from training to searching. */
class CutVectorsCommandTest {
    private static final String TEXT = "my kettle leaks";

    @TempDir
    Path folder;

    @Test
    void whatATaskListsIsMeasuredAnsweredAndIndexed() throws IOException {
        Path model = train();
        trained(model);
        Ran.polymath("evaluate", model, "--depth", 4).refused("task 'alike'", "depth 4; it has depth 6, 2");
        predicted(model);
        indexed(model);
        inIntegers(model);
        Ran.polymath(TEXT.getBytes(StandardCharsets.UTF_8), "predict", "minilm", "--dimensions", 64)
                .refused("task 'embed'", "dimensions 64; it has dimensions 384");
    }

    private Path train() throws IOException {
        StringBuilder rows = new StringBuilder("a,b,score\n");
        for (int i = 0; i < 12; i++) rows.append("kettle %d leaks,the %s drips,%d\n".formatted(i, i % 2 == 0, i % 4));
        Files.writeString(folder.resolve("sts.csv"), rows);
        Path project = Files.writeString(
                folder.resolve("project.yaml"),
                """
                tasks:
                  alike: {type: embed, train: sts.csv, dev: sts.csv, test: sts.csv, text: a, text2: b, label: score, matryoshka: {widths: [64], layers: [2]}}
                train: {epochs: 1}
                """);
        Path model = folder.resolve("model");
        Ran ran = Ran.polymath("train", project, "--out", model).done();
        assertThat(ran.out()).contains("alike: spearman x100", "6 layers", "2 layers", "384", "64");
        return model;
    }

    private void trained(Path model) throws IOException {
        Path json = folder.resolve("metrics.json");
        Ran all = Ran.polymath("evaluate", model, "--json", json).done();
        assertThat(all.out()).contains("alike: spearman x100", "2 layers");
        JsonNode task = new ObjectMapper().readTree(json.toFile()).at("/tasks/alike");
        assertThat(task.get("matryoshka")).hasSize(4);
        JsonNode least = task.at("/matryoshka/3");
        assertThat(least.get("depth").asInt()).isEqualTo(2);
        Ran.polymath("evaluate", model, "--depth", 2, "--dimensions", 64, "--json", json)
                .done();
        JsonNode cut = new ObjectMapper().readTree(json.toFile()).at("/tasks/alike");
        assertThat(cut.at("/test/spearman")).isEqualTo(least.get("spearman"));
        assertThat(cut.has("matryoshka")).isFalse();
    }

    private static void predicted(Path model) throws IOException {
        byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
        String line = Ran.polymath(text, "predict", model, "--depth", 2, "--dimensions", 64)
                .done()
                .out();
        assertThat(new ObjectMapper().readTree(line).at("/tasks/alike/vector")).hasSize(64);
        Ran.polymath(text, "predict", model, "--dimensions", -1).refused("dimensions is -1");
    }

    private static void inIntegers(Path model) throws IOException {
        byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
        Ran.polymath("quantize", model, "--limit", 1000).done();
        assertThat(model.resolve("onnx/trunk.l2.int8.onnx")).exists();
        String line = Ran.polymath(text, "predict", model, "--precision", "int8", "--depth", 2)
                .done()
                .out();
        assertThat(new ObjectMapper().readTree(line).at("/tasks/alike/vector")).hasSize(384);
    }

    private void indexed(Path model) throws IOException {
        Path corpus = Files.writeString(
                folder.resolve("corpus.jsonl"),
                """
                {"_id": "a", "text": "A kettle that leaks is repaired for free."}
                {"_id": "b", "text": "Gift cards do not expire."}
                """);
        Path index = folder.resolve("index");
        Ran.polymath("index", model, corpus, "--out", index, "--dimensions", 64, "--depth", 2)
                .done();
        // The same command without the options goes on with what the index has.
        Ran.polymath("index", model, corpus, "--out", index).done();
        assertThat(Ran.polymath("search", index, "--mode", "dense", "--json", TEXT)
                        .done()
                        .out())
                .contains("\"id\":\"a\"");
        Ran.polymath("index", model, corpus, "--out", index, "--dimensions", 384)
                .refused("was made with other settings");
    }
}
