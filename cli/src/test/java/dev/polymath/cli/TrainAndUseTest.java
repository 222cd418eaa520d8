package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.learn.ProjectTraining;
import dev.polymath.learn.TrainingListener;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainAndUseTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PAIR = "{\"text\": \"where is my coat in Oslo?\", \"text2\": \"i miss the coat\"}\n";

    @TempDir
    static Path folder;

    private static Shop shop;
    private static Path model;
    private static Ran training;

    @BeforeAll
    static void train() {
        shop = new Shop(folder);
        model = folder.resolve("deep/model");
        training = Ran.polymath("train", shop.project(), "--out", model).done();
    }

    @Test
    void trainingPrintsATableOfTheTestMetricsAndWhereTheModelIs() {
        assertThat(training.out())
                .containsPattern("same +classify +8 +accuracy +\\d+\\.\\d\\d")
                .containsPattern("topics +multilabel +8 +micro_f1")
                .containsPattern("stars +ordinal +8 +qwk")
                .containsPattern("length +regress +8 +spearman")
                .containsPattern("places +tag +8 +f1")
                .contains("mean of 5")
                .contains("model: " + model);
        assertThat(training.err()).containsPattern("step (\\d+)/\\1 .*tokens/s");
    }

    @Test
    void theModelFolderHasTheFilesOfTheContractAndNothingIsLeftBesideIt() throws IOException {
        for (String file : List.of(
                "config.json",
                "model.safetensors",
                "tokenizer.json",
                "polymath.json",
                "heads.safetensors",
                "report.json",
                "onnx/trunk.onnx")) {
            assertThat(model.resolve(file)).exists();
        }
        assertThat(names(model.getParent())).containsExactly("model");
    }

    @Test
    void theReportHasSeedTasksAndCost() throws IOException {
        JsonNode report = JSON.readTree(model.resolve("report.json").toFile());
        assertThat(report.get("seed").asLong()).isEqualTo(7);
        assertThat(report.get("tasks").size()).isEqualTo(5);
        assertThat(report.at("/tasks/same/type").asText()).isEqualTo("classify");
        for (String metric : List.of(
                "same/test/accuracy",
                "same/test/macro_f1",
                "topics/test/micro_f1",
                "topics/test/macro_f1",
                "stars/test/qwk",
                "stars/test/mae",
                "stars/test/accuracy",
                "length/test/spearman",
                "length/test/pearson",
                "places/test/f1",
                "places/test/precision",
                "places/test/recall")) {
            assertThat(report.at("/tasks/" + metric).isNumber()).as(metric).isTrue();
        }
        assertThat(report.at("/tasks/places/test/n").asInt()).isEqualTo(8);
        assertThat(report.at("/cost/train_seconds").asDouble()).isPositive();
        assertThat(report.at("/cost/tokens_per_second").asDouble()).isPositive();
        JsonNode parameters = report.at("/cost/parameters");
        assertThat(parameters.get("total").asLong()).isPositive();
        assertThat(parameters.get("trainable").asLong()).isPositive();
        assertThat(parameters.at("/per_task/same").asLong()).isPositive();
        assertThat(parameters.get("per_task").size()).isEqualTo(5);
    }

    @Test
    void aPredictedLineHasTheShapeOfTheContractForEachKindOfTask() throws IOException {
        List<String> lines = predict(PAIR).lines();
        assertThat(lines).hasSize(1);
        JsonNode line = JSON.readTree(lines.get(0));
        assertThat(keys(line)).containsExactly("text", "text2", "tasks");
        assertThat(line.get("text").asText()).isEqualTo("where is my coat in Oslo?");
        JsonNode tasks = line.get("tasks");
        assertThat(keys(tasks)).containsExactly("same", "topics", "stars", "length", "places");
        assertThat(keys(tasks.get("same"))).containsExactly("label", "scores");
        assertThat(keys(tasks.at("/same/scores"))).containsExactlyInAnyOrder("yes", "no");
        assertThat(tasks.at("/same/scores/yes").asDouble()
                        + tasks.at("/same/scores/no").asDouble())
                .isBetween(0.999, 1.001);
        assertThat(keys(tasks.get("topics"))).containsExactly("labels", "scores");
        assertThat(tasks.at("/topics/labels").isArray()).isTrue();
        assertThat(tasks.at("/topics/scores").size()).isEqualTo(6);
        assertThat(keys(tasks.get("stars"))).containsExactly("label", "value");
        assertThat(tasks.at("/stars/label").asText()).isIn("1", "2", "3");
        assertThat(tasks.at("/stars/value").asDouble()).isBetween(1.0, 3.0);
        assertThat(keys(tasks.get("length"))).containsExactly("value");
        assertThat(keys(tasks.get("places"))).containsExactly("spans");
        for (JsonNode span : tasks.at("/places/spans")) {
            assertThat(keys(span)).containsExactly("start", "end", "text", "label", "score");
            assertThat(line.get("text")
                            .asText()
                            .substring(
                                    span.get("start").asInt(), span.get("end").asInt()))
                    .isEqualTo(span.get("text").asText());
        }
    }

    @Test
    void plainLinesAreAnsweredOneByOneByTheTasksOnSingleTexts() throws IOException {
        List<String> lines = predict("\uFEFFmy coat\r\n\n{not json}\nlast é").lines();
        assertThat(lines).hasSize(4);
        assertThat(JSON.readTree(lines.get(0)).get("text").asText()).isEqualTo("my coat");
        assertThat(JSON.readTree(lines.get(1)).get("text").asText()).isEmpty();
        assertThat(JSON.readTree(lines.get(2)).get("text").asText()).isEqualTo("{not json}");
        assertThat(JSON.readTree(lines.get(3)).get("text").asText()).isEqualTo("last é");
        assertThat(keys(JSON.readTree(lines.get(0)).get("tasks")))
                .containsExactly("topics", "stars", "length", "places");
    }

    @Test
    void predictAnswersOnlyTheTasksAskedFor() throws IOException {
        Ran ran = predict("my coat\n", "--tasks", "stars,length");
        assertThat(keys(JSON.readTree(ran.out()).get("tasks"))).containsExactly("stars", "length");
    }

    @Test
    void predictReadsAFileAndWritesOneThatTakesTheOldOnesPlace(@TempDir Path other) throws IOException {
        Path in = Files.writeString(other.resolve("in.jsonl"), PAIR + "\n" + PAIR);
        Path out = Files.writeString(other.resolve("out.jsonl"), "old");
        Ran ran = Ran.polymath("predict", model, "--in", in, "--out", out).done();
        assertThat(ran.out()).isEmpty();
        assertThat(Files.readString(out)).isEqualTo(predict(PAIR + PAIR).out());
        assertThat(names(other)).containsExactly("in.jsonl", "out.jsonl");
    }

    @Test
    void noLinesGiveNoAnswers() {
        assertThat(predict("").out()).isEmpty();
    }

    @Test
    void aTextOfAHundredThousandCharactersIsAnswered() throws IOException {
        String text = "parcel ".repeat(14_286);
        Ran ran = predict(text + "\n");
        assertThat(JSON.readTree(ran.out()).get("text").asText()).isEqualTo(text);
    }

    @Test
    void evaluateGivesTheNumbersOfTheReport(@TempDir Path other) throws IOException {
        Path json = other.resolve("metrics.json");
        Ran ran = Ran.polymath("evaluate", model, "--json", json).done();
        assertThat(training.out()).contains(ran.out());
        JsonNode measured = JSON.readTree(json.toFile());
        JsonNode report = JSON.readTree(model.resolve("report.json").toFile());
        assertThat(keys(measured)).containsExactly("tasks");
        assertThat(measured.get("tasks").size()).isEqualTo(5);
        for (String task : keys(measured.get("tasks"))) {
            JsonNode each = measured.at("/tasks/" + task);
            assertThat(keys(each)).containsExactly("type", "test");
            assertThat(each.get("type")).isEqualTo(report.at("/tasks/" + task + "/type"));
            assertThat(each.get("test")).isEqualTo(report.at("/tasks/" + task + "/test"));
        }
    }

    @Test
    void evaluateOnDevMeasuresTheRowsThatWereHeldOut() throws IOException {
        Path json = folder.resolve("dev.json");
        Ran.polymath("evaluate", model, "--split", "dev", "--json", json).done();
        JsonNode measured = JSON.readTree(json.toFile());
        JsonNode report = JSON.readTree(model.resolve("report.json").toFile());
        for (String task : keys(measured.get("tasks"))) {
            assertThat(measured.at("/tasks/" + task + "/dev/n")).isEqualTo(report.at("/tasks/" + task + "/dev/n"));
        }
        Files.delete(json);
    }

    @Test
    void someTasksAndOtherValuesTrainAnotherModelInItsPlace(@TempDir Path other) throws IOException {
        Path target = other.resolve("model");
        Ran.polymath("train", shop.project(), "--out", target, "--tasks", "length,same")
                .done();
        Files.writeString(target.resolve("stale"), "of the old model");
        Ran.polymath(
                        "train",
                        shop.project(),
                        "--out",
                        target,
                        "--tasks",
                        "stars",
                        "--set",
                        "train.seed=9",
                        "--set",
                        "sampling={type: temperature, temperature: 3}",
                        "--set",
                        "train.epochs=1")
                .done();
        JsonNode report = JSON.readTree(target.resolve("report.json").toFile());
        assertThat(report.get("seed").asLong()).isEqualTo(9);
        assertThat(keys(report.get("tasks"))).containsExactly("stars");
        assertThat(target.resolve("stale")).doesNotExist();
        assertThat(names(other)).containsExactly("model");
        Ran.polymath("evaluate", target).done();
    }

    @Test
    void aTrainingThatFailsLeavesTheOldModelWhole() throws IOException {
        byte[] manifest = Files.readAllBytes(model.resolve("polymath.json"));
        Project project = ProjectReader.read(shop.project(), List.of());
        ProjectTraining broken = new ProjectTraining(project, Dataset.load(project), model);
        TrainingListener failing = new TrainingListener() {
            @Override
            public void step(long step, double loss, long tokens, double seconds) {
                throw new IllegalStateException("in the middle");
            }
        };
        assertThatThrownBy(() -> broken.run(false, failing, () -> false)).hasMessage("in the middle");
        assertThat(names(model.getParent())).containsExactly("model");
        Ran.polymath("train", shop.project(), "--out", model, "--set", "sharing=lorra")
                .refused("sharing", "lorra");
        assertThat(Files.readAllBytes(model.resolve("polymath.json"))).isEqualTo(manifest);
        predict("still there\n");
    }

    @Test
    void relativePathsAreThoseOfTheWorkingFolder() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        Path relative = here.relativize(model.toAbsolutePath());
        Ran ran = Ran.polymath("check", here.relativize(shop.project().toAbsolutePath()))
                .done();
        assertThat(ran.out()).contains("same").contains("places");
        Ran.polymath("predict", relative, "--tasks", "stars").done();
    }

    @Test
    void checkPrintsWhatWasReadAndExitsWithZeroOrTwo() {
        Ran sound = Ran.polymath("check", shop.project()).done();
        assertThat(sound.out()).contains("same", "topics", "stars", "length", "places", "22", "8");
        Ran json = Ran.polymath("check", shop.project(), "--json").done();
        assertThat(json.out()).contains("\"sound\" : true");
        Ran wrong = Ran.polymath("check", shop.project(), "--set", "train.epochs=-1");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.out()).contains("--set train.epochs=-1");
    }

    @Test
    void partsPrintsTheCatalogueOrOneKindOfIt() {
        Ran all = Ran.polymath("parts").done();
        assertThat(all.out()).contains("classify", "minilm", "hard", "equal", "temperature", "Caruana 1997");
        Ran one = Ran.polymath("parts", "sampling").done();
        assertThat(one.out()).contains("proportional", "uniform").doesNotContain("classify");
        Ran.polymath("parts", "samplng").refused("samplng", "did you mean 'sampling'?");
    }

    private static Ran predict(String input, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("predict", model));
        arguments.addAll(List.of(more));
        return Ran.polymath(input.getBytes(StandardCharsets.UTF_8), arguments.toArray())
                .done();
    }

    private static List<String> keys(JsonNode node) {
        List<String> keys = new ArrayList<>();
        node.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static List<String> names(Path parent) throws IOException {
        try (var files = Files.list(parent)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
