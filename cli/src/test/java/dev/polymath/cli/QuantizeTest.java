package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model quantised by the command, and used in either precision. */
class QuantizeTest {
    private static final byte[] TEXTS =
            "where is my parcel?\nthe coat has not come to Oslo\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    static Path folder;

    private static Shop shop;
    private static Path plain;
    private static Path model;
    private static Ran quantizing;

    @BeforeAll
    static void quantize() {
        shop = new Shop(folder);
        plain = folder.resolve("plain");
        model = folder.resolve("model");
        for (Path each : List.of(plain, model))
            Ran.polymath("train", shop.project(), "--out", each).done();
        quantizing = Ran.polymath("quantize", model, "--limit", "100").done();
    }

    @Test
    void theTableHasEveryTaskInBothPrecisions() {
        assertThat(quantizing.out())
                .containsPattern("same +2 +accuracy +[\\d.]+ +[\\d.]+ +[+-]")
                .containsPattern("places +2 +f1")
                .contains("12 of 12 projections in int8; measured in")
                .contains("model: " + model);
    }

    @Test
    void whatWasMeasuredIsInTheModel() throws IOException {
        JsonNode json =
                new ObjectMapper().readTree(model.resolve("quantization.json").toFile());
        assertThat(json.get("limit").asDouble()).isEqualTo(100);
        assertThat(json.get("seconds").asDouble()).isPositive();
        assertThat(json.get("tasks")).hasSize(5);
        assertThat(json.at("/tasks/stars/metric").asText()).isEqualTo("qwk");
        assertThat(json.at("/tasks/stars").has("int8")).isTrue();
        assertThat(json.get("int8")).hasSize(12);
        assertThat(json.get("kept_in_fp32")).isEmpty();
    }

    @Test
    void inFloatsItAnswersAsBefore() {
        String before = Ran.polymath(TEXTS, "predict", plain).done().out();
        String floats = Ran.polymath(TEXTS, "predict", model, "--precision", "fp32")
                .done()
                .out();
        String integers = Ran.polymath(TEXTS, "predict", model, "--precision", "int8")
                .done()
                .out();
        assertThat(floats).isEqualTo(before).isNotEqualTo(integers);
        assertThat(Ran.polymath(TEXTS, "predict", model).done().out()).isIn(floats, integers);
    }

    @Test
    void evaluationTakesAPrecision() {
        String before = Ran.polymath("evaluate", plain).done().out();
        assertThat(Ran.polymath("evaluate", model, "--precision", "fp32").done().out())
                .isEqualTo(before);
        assertThat(Ran.polymath("evaluate", model, "--precision", "int8").done().out())
                .contains("mean of 5");
    }

    @Test
    void diffTellsThatItWasQuantised() {
        assertThat(Ran.polymath("diff", plain, model).done().lines()).hasSize(5).contains("changed: stars (int8)");
    }

    @Test
    void theBuiltInModelIsQuantisedByScoredPairsIntoAFolder() throws IOException {
        Path pairs = folder.resolve("pairs.csv");
        Files.writeString(
                pairs,
                "one,two,score\na man eats,someone is eating,4.5\nthe sea is calm,stocks fell,0\nhello,hi there,3\n");
        Path out = folder.resolve("minilm8");
        assertThat(Ran.polymath("quantize", "minilm", "--out", out, "--data", pairs, "--columns", "one,two,score")
                        .done()
                        .out())
                .containsPattern("embed +3 +spearman +100.00 +100.00 +[+]0.00")
                .contains("36 of 36 projections in int8", "model: " + out);
        assertThat(Ran.polymath("predict".getBytes(StandardCharsets.UTF_8), "predict", out, "--precision", "int8")
                        .done()
                        .out())
                .contains("\"embed\":{\"vector\":[");

        Ran.polymath("quantize", "minilm").refused("is the built-in model", "--out");
        Ran.polymath("quantize", "minilm", "--out", out).refused("give --data or --project");
        Ran header = Ran.polymath("quantize", "minilm", "--out", out, "--data", pairs)
                .refused("pairs.csv:1: there is no column 'label'");
        assertThat(header.err().lines()).hasSize(1);
        Ran.polymath("quantize", "minilm", "--out", out, "--data", pairs, "--columns", "one,two")
                .refused("--columns names three columns");
        Ran.polymath("quantize", plain, "--data", pairs).refused("one task of type embed", "--project");
        Ran.polymath("quantize", plain, "--data", pairs, "--project", shop.project())
                .refused("--project and --data exclude each other");
    }

    @Test
    void wrongUseIsRefused() {
        Ran.polymath("predict", plain, "--precision", "int8")
                .refused("has no int8 graphs", "polymath quantize " + plain);
        Ran.polymath("predict", plain, "--precision", "int4").refused("there is no precision 'int4'", "int8");
        Ran.polymath("quantize", folder.resolve("nothing")).refused("there is no model folder");
        Ran.polymath("quantize", plain, "--limit", "-1").refused("the limit is -1.0 points");
        Ran.polymath("quantize", plain, "--limit", "half").refused("half");
        Ran.polymath("quantize", plain, "--project", folder.resolve("none.yaml"))
                .refused("none.yaml");
        shop.write(
                "less.yaml",
                "tasks:\n  stars: {type: ordinal, train: stars.train.tsv, test: stars.test.tsv,"
                        + " text: review, label: stars, labels: [\"1\", \"2\", \"3\"]}\n");
        Ran.polymath("quantize", plain, "--project", shop.file("less.yaml"))
                .refused("no labelled rows", "same, topics, length, places");
        assertThat(plain.resolve("quantization.json")).doesNotExist();
    }
}
