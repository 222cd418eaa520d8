package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that come to a model and begin from what was trained before. */
class AddBegunTest {
    private static final Path FIXTURES = Path.of(System.getProperty("polymath.root"), "core/src/test/resources")
            .toAbsolutePath();
    private static final Path LORA = FIXTURES.resolve("peft/bert");
    private static final Path PROMPT = FIXTURES.resolve("prompts/bert");
    private static final byte[] TEXT = "where is my parcel?\n".getBytes(StandardCharsets.UTF_8);
    /** At such a rate nothing moves that has a place in a float. */
    private static final String STILL = "train.sharing_learning_rate=1e-30";

    private static final String TASKS =
            """
            tasks:
              thing: {type: classify, train: same.train.csv, test: same.test.csv, text: a, label: same}
              town: {type: tag, train: places.train.conll, test: places.test.conll, token: 0, label: 1}
            train: {epochs: 1, batch_tokens: 256, precision: fp32, seed: 7, weight_decay: 0}
            """;

    @TempDir
    static Path folder;

    private static Path file;
    private static Path model;

    @BeforeAll
    static void train() {
        Shop shop = new Shop(folder);
        file = shop.write("task.yaml", TASKS);
        shop.replace("shop.yaml", "sharing: hard", "sharing: {stars: {type: prompt, tokens: 3}, topics: lora}");
        shop.replace("shop.yaml", "epochs: 2", "epochs: 1");
        model = folder.resolve("model");
        Ran.polymath("train", shop.project(), "--out", model).done();
    }

    @Test
    void aTaskBeginsWithTheAdapterOfPeft() {
        Path out = folder.resolve("adapted");
        add(out, "--adapter", "thing=" + LORA, "--adapter", "town=" + PROMPT, "--set", STILL)
                .done();
        same(own(out, "thing"), Safetensors.read(LORA.resolve("adapter_model.safetensors")));
        same(own(out, "town"), Safetensors.read(PROMPT.resolve("adapter_model.safetensors")));
        Ran.polymath("evaluate", out, "--project", file).done();
        assertThat(Ran.polymath("diff", model, out).done().lines())
                .containsExactly("the same to the last bit: same, topics, stars, length, places", "added: thing, town");
    }

    @Test
    void anAdapterIsLearnedOnAndServed() {
        Path still = folder.resolve("still");
        Path learned = folder.resolve("learned");
        String adapter = "thing=" + LORA;
        // Heads that stay as they were drawn: what differs in the answers is the adapters' doing.
        String head = "train.head_learning_rate=1e-30";
        add(still, "--tasks", "thing", "--adapter", adapter, "--set", STILL, "--set", head)
                .done();
        add(
                        learned,
                        "--tasks",
                        "thing",
                        "--adapter",
                        adapter,
                        "--set",
                        "train.sharing_learning_rate=1e-2",
                        "--set",
                        head)
                .done();
        Weights file = Safetensors.read(LORA.resolve("adapter_model.safetensors"));
        assertThat(own(learned, "thing").names()).isEqualTo(file.names());
        assertThat(own(learned, "thing").minus(file).norm()).isBetween(1e-3, 0.5 * file.norm());
        Path fresh = folder.resolve("fresh");
        String lora = "sharing={type: lora, rank: 3}";
        add(fresh, "--tasks", "thing", "--set", lora, "--set", STILL, "--set", head)
                .done();
        assertThat(answer(still)).isNotEqualTo(answer(fresh)).isNotEqualTo(answer(learned));
    }

    @Test
    void aTaskBeginsAsOneInTheModel() {
        Path out = folder.resolve("alike");
        Ran ran = add(out, "--like", "thing=stars", "--like", "town=topics", "--set", STILL)
                .done();
        same(own(out, "thing"), own(model, "stars"));
        same(own(out, "town"), own(model, "topics"));
        assertThat(ran.out()).contains("cosine of the prompt of thing to those of: stars 1.00");
        Path both = folder.resolve("both");
        add(both, "--like", "topics", "--set", STILL).done();
        same(own(both, "thing"), own(model, "topics"));
        same(own(both, "town"), own(model, "topics"));
    }

    @Test
    void aTeacherIsNoPartOfTheModel() throws IOException {
        Path out = folder.resolve("taught");
        Ran ran = add(out, "--tasks", "thing", "--set", "sharing={type: shared-prompt, tokens: 3}")
                .done();
        assertThat(ran.out()).doesNotContain("cosine");
        assertThat(own(out, "thing").names()).containsExactlyInAnyOrder("by_token", "by_component");
        JsonNode there = report(model);
        JsonNode report = report(out);
        // Width 32, 3 tokens, a head of two labels.
        int own = 3 + 32 + 2 * 32 + 2;
        assertThat(report.at("/cost/parameters/per_task/thing").asInt()).isEqualTo(own);
        assertThat(report.at("/cost/parameters/total").asInt()
                        - there.at("/cost/parameters/total").asInt())
                .isEqualTo(own + 3 * 32);
        assertThat(report.at("/added/0/cost/parameters/trainable").asInt()).isEqualTo(own + 2 * 3 * 32);
        Ran.polymath("evaluate", out).done();
        assertThat(Ran.polymath("diff", model, out).done().out()).contains("added: thing");
        Path more = folder.resolve("taught-more");
        Ran.polymath(
                        "add",
                        out,
                        file,
                        "--out",
                        more,
                        "--tasks",
                        "town",
                        "--set",
                        "sharing={type: shared-prompt, tokens: 3}")
                .done();
        assertThat(own(more, "town").names()).containsExactlyInAnyOrder("by_token", "by_component");
        assertThat(Ran.polymath("diff", out, more).done().out())
                .contains("added: town")
                .doesNotContain("changed");
    }

    @Test
    void whatATaskCannotBeginFromIsRefused() throws IOException {
        refused("--adapter", "thin=" + LORA).refused("no task 'thin' is added", "did you mean 'thing'?");
        refused("--adapter", "thing").refused("--adapter thing: write NAME=FOLDER");
        refused("--adapter", "thing=" + LORA, "--adapter", "thing=" + PROMPT).refused("'thing' begins from", "already");
        refused("--adapter", "thing=" + LORA, "--like", "thing=stars").refused("can begin from one only");
        refused("--adapter", "thing=" + folder.resolve("nowhere")).refused("there is no folder");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        refused("--adapter", "thing=" + empty).refused("there is no adapter_config.json");
        refused("--adapter", "thing=" + FIXTURES.resolve("peft/modernbert")).refused("no projection of this backbone");
        refused("--adapter", "thing=" + LORA, "--set", "sharing=prompt")
                .refused("task 'thing' begins from", "shares by 'lora' and not by 'prompt'");
        refused("--adapter", "thing=" + LORA, "--set", "sharing.thing={type: lora, rank: 4}")
                .refused("with rank 3 and not 4; leave rank out");
        refused("--like", "thing=star").refused("did you mean 'stars'?");
        refused("--like", "thing=same").refused("shares by 'hard' and has no weights of its own");
        refused("--like", "thing=stars", "--set", "sharing.thing={type: prompt, tokens: 4}")
                .refused("with tokens 3 and not 4");
        Ran.polymath(
                        "add",
                        model,
                        file,
                        "--out",
                        folder.resolve("agreed"),
                        "--adapter",
                        "thing=" + LORA,
                        "--set",
                        "sharing.thing={type: lora, rank: 3, alpha: 5}")
                .done();
    }

    private static Ran add(Path out, Object... more) {
        Object[] all = new Object[5 + more.length];
        System.arraycopy(new Object[] {"add", model, file, "--out", out}, 0, all, 0, 5);
        System.arraycopy(more, 0, all, 5, more.length);
        return Ran.polymath(all);
    }

    private static Ran refused(Object... more) {
        Path out = folder.resolve("refused");
        Ran ran = add(out, more);
        assertThat(out).doesNotExist();
        return ran;
    }

    private static String answer(Path model) {
        return Ran.polymath(TEXT, "predict", model, "--tasks", "thing").done().out();
    }

    private static Weights own(Path model, String task) {
        return Safetensors.read(model.resolve("adapters").resolve(task).resolve("adapter_model.safetensors"));
    }

    private static void same(Weights actual, Weights expected) {
        assertThat(actual.names()).containsExactlyInAnyOrderElementsOf(expected.names());
        for (String name : expected.names()) {
            assertThat(actual.get(name).shape()).isEqualTo(expected.get(name).shape());
            assertThat(actual.get(name).floats())
                    .as(name)
                    .containsExactly(expected.get(name).floats(), within(1e-6f));
        }
    }

    private static JsonNode report(Path model) throws IOException {
        return new ObjectMapper().readTree(model.resolve("report.json").toFile());
    }
}
