package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.InputException;
import dev.polymath.model.Fixture;
import dev.polymath.model.Inputs;
import dev.polymath.model.Pretrained;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against prompts that peft made, and what it computes with them; see tools/make_prompt_fixtures.py. */
class TaskPromptTest {
    private static final SharingGroup GROUP =
            new SharingGroup("prompt", new PartSpec("prompt", Map.of("tokens", 5)), List.of("task"));

    static Stream<Fixture> fixtures() {
        return Fixture.all().stream();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void aPromptOfPeftGivesPeftsStates(Fixture fixture) throws IOException {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        Weights own = GROUP.part()
                .restored(pretrained.backbone(), Safetensors.read(file(fixture, "adapter_model.safetensors")));
        Weights all = pretrained.weights().with(GROUP.stacked(List.of(own)));
        JsonNode cases = json(fixture, "reference.json").get("cases");
        assertThat(cases).hasSizeGreaterThan(1);
        double worst = 0;
        for (JsonNode each : cases) {
            Array ids = integers(each.get("input_ids"));
            Array mask = integers(each.get("attention_mask"));
            Array types = each.has("token_type_ids") ? integers(each.get("token_type_ids")) : zeros(ids.shape());
            Array tasks = zeros(ids.shape()[0]);
            float[] actual = OnnxEval.eval(new States(pretrained), all, List.of(ids, mask, types, tasks))
                    .floats();
            List<Double> expected = flat(each.get("last_hidden_state"));
            assertThat(actual).hasSameSizeAs(expected);
            int width = pretrained.backbone().width();
            for (int i = 0; i < actual.length; i++) {
                if (mask.longs()[i / width] == 0) continue;
                worst = Math.max(worst, Math.abs(actual[i] - expected.get(i)));
            }
            assertThat(worst).as(each.get("name").textValue()).isLessThan(1e-4);
        }
        System.out.printf("%s: largest difference to peft %.1e%n", fixture, worst);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void whatIsStoredIsWhatPeftStores(Fixture fixture) throws IOException {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        Weights stored = Safetensors.read(file(fixture, "adapter_model.safetensors"));
        Sharing part = GROUP.part();
        assertThat(part.stored(pretrained.backbone(), part.restored(pretrained.backbone(), stored)))
                .isEqualTo(stored);
        JsonNode peft = json(fixture, "adapter_config.json");
        Map<String, Object> ours = new TreeMap<>(part.peftConfig(pretrained.backbone()));
        ours.remove("prompt_tuning_init"); // how it began
        for (String key : ours.keySet()) {
            assertThat(peft.get(key).asText()).as(key).isEqualTo(String.valueOf(ours.get(key)));
        }
        assertThat(ours).hasSizeGreaterThan(5);
    }

    @Test
    void aPromptOfAnotherSizeOrKindIsRefused() {
        Pretrained bert = Pretrained.open(new Fixture("bert").folder().toString(), 0);
        Sharing part = GROUP.part();
        Weights longer = new Weights(Map.of("prompt_embeddings", Array.zeros(6, 32)));
        assertThatThrownBy(() -> part.restored(bert.backbone(), longer))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("[6, 32]")
                .hasMessageContaining("5 tokens of width 32");
        Weights lora = new Weights(Map.of("base_model.lora_A.weight", Array.zeros(6, 32)));
        assertThatThrownBy(() -> part.restored(bert.backbone(), lora))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no prompt")
                .hasMessageContaining("base_model.lora_A.weight");
    }

    @Test
    void itBeginsAsRowsOfTheVocabularyOrUniformly() {
        Pretrained bert = Pretrained.open(new Fixture("bert").folder().toString(), 0);
        Array table = bert.weights().get(bert.backbone().wordEmbeddings());
        List<List<Float>> words = new ArrayList<>();
        for (int row = 0; row < table.shape()[0]; row++) words.add(list(table.row(row)));
        Array prompt = fresh(bert, Map.of());
        assertThat(prompt.shape()).containsExactly(20, 32);
        for (int token = 0; token < 20; token++) assertThat(words).contains(list(prompt.row(token)));
        assertThat(fresh(bert, Map.of())).isEqualTo(prompt);
        Array random = fresh(bert, Map.of("tokens", 30, "init", "random"));
        assertThat(random.shape()).containsExactly(30, 32);
        double most = 0;
        for (float value : random.floats()) most = Math.max(most, Math.abs(value));
        assertThat(most).isCloseTo(0.5, within(0.02)).isLessThan(0.5);
    }

    private static Array fresh(Pretrained bert, Map<String, Object> knobs) {
        return SharingParts.of(new PartSpec("prompt", knobs))
                .own(new Start(bert.backbone(), bert.weights(), List.of("task")), "task", new SplittableRandom(4))
                .get(TaskPrompt.WEIGHT);
    }

    private static List<Float> list(Array row) {
        List<Float> list = new ArrayList<>();
        for (float value : row.floats()) list.add(value);
        return list;
    }

    private record States(Pretrained pretrained) implements Program {
        @Override
        public <T> T apply(Ops<T> ops, List<T> in) {
            Inputs<T> inputs = new Inputs<>(in.get(0), in.get(1), in.get(2));
            return pretrained
                    .backbone()
                    .hidden(ops, inputs, GROUP.sites(pretrained.backbone(), in.get(3)))
                    .last();
        }
    }

    private static Array integers(JsonNode rows) {
        List<Double> values = flat(rows);
        return Array.of(
                values.stream().mapToLong(Double::longValue).toArray(),
                rows.size(),
                rows.get(0).size());
    }

    private static Array zeros(long... shape) {
        return Array.of(new long[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)], shape);
    }

    private static List<Double> flat(JsonNode node) {
        if (node.isNumber()) return List.of(node.doubleValue());
        List<Double> all = new ArrayList<>();
        node.forEach(each -> all.addAll(flat(each)));
        return all;
    }

    private static JsonNode json(Fixture fixture, String file) throws IOException {
        return new ObjectMapper().readTree(file(fixture, file).toFile());
    }

    private static Path file(Fixture fixture, String file) {
        try {
            return Path.of(TaskPromptTest.class
                    .getResource("/prompts/" + fixture + "/" + file)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
