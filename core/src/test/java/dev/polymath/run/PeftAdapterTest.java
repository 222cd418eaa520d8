package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Fixture;
import dev.polymath.model.Pretrained;
import dev.polymath.project.PartSpec;
import dev.polymath.sharing.Given;
import dev.polymath.sharing.Sharing;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.sharing.SharingParts;
import dev.polymath.sharing.Start;
import dev.polymath.sharing.TrainedPart;
import dev.polymath.weights.Array;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against peft: adapters that it wrote, and what it computed with them; see tools/make_peft_fixtures.py. */
class PeftAdapterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String QUERY = "base_model.model.encoder.layer.1.attention.self.query.lora_A.weight";

    @TempDir
    Path folder;

    private final Pretrained bert = pretrained("bert");

    @ParameterizedTest
    @CsvSource({"bert, bert", "modernbert, modernbert", "bert-classifier, bert"})
    void aLoraOfPeftGivesTheSameStatesHere(String adapter, String backbone) throws IOException {
        Pretrained pretrained = pretrained(backbone);
        TrainedPart part = PeftAdapter.open(fixture(adapter), pretrained.backbone());
        JsonNode reference =
                JSON.readTree(fixture(adapter).resolve("reference.json").toFile());
        List<String> texts = new ArrayList<>();
        reference.get("texts").forEach(text -> texts.add(text.get(0).textValue()));
        SharingGroup group = SharingGroup.of(Map.of("a", part.spec())).get(0);
        float[] states = Given.states(
                pretrained,
                group,
                group.stacked(List.of(part.own())),
                Given.texts(pretrained, texts),
                new long[texts.size()]);
        int at = 0;
        double worst = 0;
        for (int row = 0; row < texts.size(); row++) {
            JsonNode mask = reference.get("attention_mask").get(row);
            for (int token = 0; token < mask.size(); token++) {
                for (JsonNode value :
                        reference.get("last_hidden_state").get(row).get(token)) {
                    double difference = Math.abs(states[at++] - value.doubleValue());
                    if (mask.get(token).intValue() == 1) worst = Math.max(worst, difference);
                }
            }
        }
        System.out.printf("%s: largest difference to peft %.1e%n", adapter, worst);
        assertThat(at).isEqualTo(states.length);
        assertThat(worst).isLessThan(1e-4);
    }

    @Test
    void itsPartIsToldByItsConfiguration() {
        TrainedPart part = PeftAdapter.open(fixture("bert"), bert.backbone());
        assertThat(part.spec())
                .isEqualTo(new PartSpec(
                        "lora",
                        Map.of(
                                "rank",
                                3,
                                "alpha",
                                5.0,
                                "dropout",
                                0.1,
                                "sites",
                                List.of("attention.query", "attention.output", "ffn.in"))));
        assertThat(part.leftOut()).isEmpty();
        TrainedPart scaled =
                PeftAdapter.open(fixture("modernbert"), pretrained("modernbert").backbone());
        assertThat(scaled.spec().knobs()).containsEntry("alpha", 6 * Math.sqrt(4));
    }

    @Test
    void aHeadBesideItIsLeftOut() {
        TrainedPart part = PeftAdapter.open(fixture("bert-classifier"), bert.backbone());
        assertThat(part.leftOut())
                .containsExactly("base_model.model.classifier.bias", "base_model.model.classifier.weight");
    }

    @Test
    void whatIsStoredOfATaskIsWhatPeftWouldHave() {
        TrainedPart part = PeftAdapter.open(fixture("bert"), bert.backbone());
        Sharing lora = SharingParts.of(part.spec());
        Weights file = Safetensors.read(fixture("bert").resolve("adapter_model.safetensors"));
        Weights stored = lora.stored(bert.backbone(), part.own());
        assertThat(stored.asMap()).containsExactlyInAnyOrderEntriesOf(file.asMap());
        assertThat(lora.restored(bert.backbone(), stored)).isEqualTo(part.own());
        assertThat(lora.peftConfig(bert.backbone()))
                .containsEntry("peft_type", "LORA")
                .containsEntry("r", 3)
                .containsEntry("lora_alpha", 5.0)
                .containsEntry(
                        "target_modules",
                        List.of(
                                "encoder.layer.0.attention.self.query",
                                "encoder.layer.0.attention.output.dense",
                                "encoder.layer.0.intermediate.dense",
                                "encoder.layer.1.attention.self.query",
                                "encoder.layer.1.attention.output.dense",
                                "encoder.layer.1.intermediate.dense"));
    }

    @Test
    void whereQueriesAreInALargerWeightATaskIsStoredUnderOurNames() {
        Backbone modern = pretrained("modernbert").backbone();
        Sharing lora = SharingParts.of(new PartSpec("lora", Map.of()));
        Weights own = lora.own(new Start(modern, Weights.empty(), List.of("a")), "a", new SplittableRandom(1));
        assertThat(lora.peftConfig(modern)).isEmpty();
        assertThat(lora.stored(modern, own)).isEqualTo(own);
        assertThat(lora.restored(modern, own)).isEqualTo(own);
        Sharing behind = SharingParts.of(new PartSpec("lora", Map.of("sites", List.of("attention.output"))));
        assertThat(behind.peftConfig(modern)).isNotEmpty();
    }

    @Test
    void aPromptOfPeftIsRead() {
        TrainedPart part = PeftAdapter.open(prompt(), bert.backbone());
        assertThat(part.spec()).isEqualTo(new PartSpec("prompt", Map.of("tokens", 5, "init", "random")));
        assertThat(part.leftOut()).isEmpty();
        Weights file = Safetensors.read(prompt().resolve("adapter_model.safetensors"));
        assertThat(SharingParts.of(part.spec()).stored(bert.backbone(), part.own()))
                .isEqualTo(file);
    }

    @Test
    void aHeadBesideAPromptIsLeftOut() throws IOException {
        Path headed = changed(
                prompt(),
                config -> config.putArray("modules_to_save").add("classifier"),
                arrays -> arrays.put("base_model.classifier.bias", Array.zeros(2)));
        TrainedPart part = PeftAdapter.open(headed, bert.backbone());
        assertThat(part.leftOut()).containsExactly("base_model.classifier.bias");
        assertThat(part.own())
                .isEqualTo(PeftAdapter.open(prompt(), bert.backbone()).own());
    }

    @Test
    void aPromptThatCannotBeReadSaysWhy() throws IOException {
        refusedPrompt(config -> config.put("num_virtual_tokens", 6), arrays -> {})
                .hasMessageContaining("[5, 32]")
                .hasMessageContaining("6 tokens of width 32");
        refusedPrompt(config -> config.remove("num_virtual_tokens"), arrays -> {})
                .hasMessageContaining("num_virtual_tokens is null");
        refusedPrompt(config -> config.put("token_dim", 64), arrays -> {})
                .hasMessageContaining("token_dim is 64")
                .hasMessageContaining("states of width 32");
        refusedPrompt(config -> config.put("num_transformer_submodules", 2), arrays -> {})
                .hasMessageContaining("decoder");
        refusedPrompt(config -> {}, arrays -> arrays.remove("prompt_embeddings"))
                .hasMessageContaining("no 'prompt_embeddings'");
        refusedPrompt(config -> {}, arrays -> arrays.put("base_model.embeddings.bias", Array.zeros(2)))
                .hasMessageContaining("base_model.embeddings.bias has no place");
    }

    private AbstractThrowableAssert<?, ?> refusedPrompt(
            Consumer<ObjectNode> config, Consumer<Map<String, Array>> arrays) throws IOException {
        return refused(changed(prompt(), config, arrays));
    }

    @Test
    void anAdapterThatCannotBeReadSaysWhy() throws IOException {
        refused(config -> config.put("peft_type", "IA3"))
                .hasMessageContaining("'IA3'")
                .hasMessageContaining("'LORA'");
        refused(config -> config.put("use_dora", true)).hasMessageContaining("use_dora is true");
        refused(config -> config.putObject("rank_pattern").put("query", 2)).hasMessageContaining("rank_pattern");
        refused(config -> config.putArray("layers_to_transform").add(1)).hasMessageContaining("layers_to_transform");
        refused(config -> config.put("bias", "lora_only")).hasMessageContaining("bias is lora_only");
        refused(config -> config.put("init_lora_weights", "pissa")).hasMessageContaining("pissa");
        refused(config -> config.put("r", 4)).hasMessageContaining("F32[3, 32]").hasMessageContaining("[4, 32]");
        refused(config -> config.remove("r")).hasMessageContaining("r is null");
    }

    @Test
    void anAdapterWithOtherArraysSaysWhich() throws IOException {
        refusedArrays(arrays -> arrays.remove(QUERY)).hasMessageContaining("self.query.lora_A.weight is missing");
        refusedArrays(arrays -> arrays.keySet().removeIf(name -> name.contains("layer.1.attention.self.query")))
                .hasMessageContaining("does not update encoder.layer.1.attention.self.query");
        refusedArrays(arrays -> arrays.put(QUERY.replace("query", "querry"), arrays.remove(QUERY)))
                .hasMessageContaining("it updates encoder.layer.1.attention.self.querry,")
                .hasMessageContaining("did you mean 'encoder.layer.1.attention.self.query'?");
        refusedArrays(arrays -> arrays.put("base_model.model.pooler.bias", Array.zeros(2)))
                .hasMessageContaining("base_model.model.pooler.bias");
        refusedArrays(Map::clear).hasMessageContaining("updates nothing");
    }

    @Test
    void aFolderWithoutItsFilesSaysWhatIsMissing() throws IOException {
        Path nowhere = folder.resolve("nowhere");
        assertThatThrownBy(() -> PeftAdapter.open(nowhere, bert.backbone()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("nowhere");
        Path pickled = Files.createDirectory(folder.resolve("pickled"));
        Files.writeString(pickled.resolve("adapter_config.json"), "{}");
        Files.writeString(pickled.resolve("adapter_model.bin"), "");
        assertThatThrownBy(() -> PeftAdapter.open(pickled, bert.backbone()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no adapter_model.safetensors")
                .hasMessageContaining("safe_serialization=True");
    }

    private AbstractThrowableAssert<?, ?> refused(Consumer<ObjectNode> change) throws IOException {
        return refused(change, arrays -> {});
    }

    private AbstractThrowableAssert<?, ?> refusedArrays(Consumer<Map<String, Array>> change) throws IOException {
        return refused(config -> {}, change);
    }

    private AbstractThrowableAssert<?, ?> refused(
            Consumer<ObjectNode> changeConfig, Consumer<Map<String, Array>> changeArrays) throws IOException {
        return refused(changed(fixture("bert"), changeConfig, changeArrays));
    }

    private AbstractThrowableAssert<?, ?> refused(Path changed) {
        return assertThatThrownBy(() -> PeftAdapter.open(changed, bert.backbone()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(changed.toString());
    }

    private Path changed(Path from, Consumer<ObjectNode> changeConfig, Consumer<Map<String, Array>> changeArrays)
            throws IOException {
        Path changed = Files.createTempDirectory(folder, "adapter");
        ObjectNode config =
                (ObjectNode) JSON.readTree(from.resolve("adapter_config.json").toFile());
        changeConfig.accept(config);
        Files.write(changed.resolve("adapter_config.json"), JSON.writeValueAsBytes(config));
        Map<String, Array> arrays = new LinkedHashMap<>(
                Safetensors.read(from.resolve("adapter_model.safetensors")).asMap());
        changeArrays.accept(arrays);
        Safetensors.write(changed.resolve("adapter_model.safetensors"), new Weights(arrays), Map.of());
        return changed;
    }

    private static Path prompt() {
        return fixture("bert").resolve("../../prompts/bert").normalize();
    }

    private static Pretrained pretrained(String name) {
        return Pretrained.open(new Fixture(name).folder().toString(), 0);
    }

    private static Path fixture(String name) {
        try {
            return Path.of(PeftAdapterTest.class.getResource("/peft/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
