package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks added to a model by the command, shown by {@code diff}, and taken out again. */
class AddTest {
    private static final byte[] TEXTS =
            "where is my parcel?\nthe coat has not come to Oslo\n".getBytes(StandardCharsets.UTF_8);
    private static final String TASK =
            """
            tasks:
              thing: {type: classify, train: same.train.csv, test: same.test.csv, text: a, label: same}
              town: {type: tag, train: places.train.conll, test: places.test.conll, token: 0, label: 1}
            sharing: {thing: {type: lora, rank: 4}}
            train: {epochs: 2, batch_tokens: 256, precision: fp32, seed: 7}
            """;

    @TempDir
    static Path folder;

    private static Shop shop;
    private static Path model;
    private static Path more;
    private static Ran adding;

    @BeforeAll
    static void add() {
        shop = new Shop(folder);
        shop.write("task.yaml", TASK);
        model = folder.resolve("model");
        more = folder.resolve("more");
        Ran.polymath("train", shop.project(), "--out", model).done();
        adding = Ran.polymath("add", model, shop.file("task.yaml"), "--out", more)
                .done();
    }

    @Test
    void theTableHasOldAndNewTasks() {
        assertThat(adding.out())
                .containsPattern("same +classify +8 +accuracy")
                .containsPattern("thing +classify +8 +accuracy")
                .contains("mean of 7")
                .contains("model: " + more);
    }

    @Test
    void theOldTasksAnswerAsBefore() {
        String before = Ran.polymath(TEXTS, "predict", model, "--tasks", "topics,stars,places")
                .done()
                .out();
        String after = Ran.polymath(TEXTS, "predict", more, "--tasks", "topics,stars,places")
                .done()
                .out();
        assertThat(after).isEqualTo(before);
        assertThat(Ran.polymath(TEXTS, "predict", more, "--tasks", "thing,town")
                        .done()
                        .lines())
                .hasSize(2);
    }

    @Test
    void evaluationKnowsTheDataOfOldAndNewTasks() {
        Ran all = Ran.polymath("evaluate", more).done();
        assertThat(all.out())
                .containsPattern("stars +ordinal +8")
                .containsPattern("town +tag +8")
                .contains("mean of 7");
        Ran some = Ran.polymath("evaluate", more, "--project", shop.file("task.yaml"))
                .done();
        assertThat(some.out()).contains("mean of 2").doesNotContain("stars");
        Ran.polymath("evaluate", model, "--project", shop.file("task.yaml")).refused("none of the model's tasks: same");
    }

    @Test
    void diffTellsWhatCameAndWhatWent() {
        assertThat(Ran.polymath("diff", model, more).done().lines())
                .containsExactly("the same to the last bit: same, topics, stars, length, places", "added: thing, town");
        Path fewer = folder.resolve("fewer");
        Ran.polymath("remove", more, "town", "stars", "--out", fewer).done();
        assertThat(Ran.polymath("diff", model, fewer).done().lines())
                .containsExactly(
                        "the same to the last bit: same, topics, length, places", "added: thing", "removed: stars");
        Path other = folder.resolve("other");
        Ran.polymath("train", shop.project(), "--out", other, "--set", "train.seed=8")
                .done();
        assertThat(Ran.polymath("diff", model, other).done().out())
                .contains("changed: same (backbone, head)")
                .doesNotContain("the same to");
    }

    @Test
    void theReportTellsWhatTheNewTasksCost() throws IOException {
        JsonNode report =
                new ObjectMapper().readTree(more.resolve("report.json").toFile());
        assertThat(report.get("tasks")).hasSize(7);
        JsonNode added = report.get("added").get(0);
        // LoRA of rank 4 on queries and values of two layers of width 32, and a head of two labels.
        int lora = 2 * 2 * (32 * 4 + 4 * 32);
        assertThat(report.at("/cost/parameters/per_task/thing").asInt()).isEqualTo(lora + 2 * 32 + 2);
        assertThat(added.at("/cost/parameters/trainable").asInt())
                .isEqualTo(report.at("/cost/parameters/per_task/thing").asInt()
                        + report.at("/cost/parameters/per_task/town").asInt());
    }

    @Test
    void whatCannotBeAddedIsRefused() {
        Ran.polymath("add", model, shop.file("task.yaml"), "--out", model).refused("is the model itself");
        Ran.polymath("add", more, shop.file("task.yaml"), "--out", folder.resolve("twice"))
                .refused("a task 'thing' already");
        Ran.polymath(
                        "add",
                        model,
                        shop.file("task.yaml"),
                        "--out",
                        folder.resolve("x"),
                        "--set",
                        "train.backbone=trained")
                .refused("train.backbone is 'trained'");
        Ran.polymath("add", model, shop.file("task.yaml"), "--out", folder.resolve("x"), "--set", "backbone=minilm")
                .refused("leave 'backbone' out");
        Ran.polymath("add", model, shop.file("task.yaml"), "--out", folder.resolve("x"), "--set", "sharing.thing=lorra")
                .refused("did you mean 'lora'?");
        Ran.polymath("add", folder, shop.file("task.yaml"), "--out", folder.resolve("x"))
                .refused("not a model folder");
        Ran.polymath("remove", model, "star", "--out", folder.resolve("x")).refused("did you mean 'stars'?");
        assertThat(folder.resolve("x")).doesNotExist();
    }
}
