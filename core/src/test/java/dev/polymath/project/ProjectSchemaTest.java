package dev.polymath.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.polymath.task.TaskKind;
import dev.polymath.task.TaskKinds;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ProjectSchemaTest {
    private static final String SUITE =
            """
            name: suite
            backbone: minilm
            tasks:
              topic:     {type: classify, train: t.csv, dev: d.csv, test: e.csv, text: text, label: label}
              stars:     {type: ordinal, train: t.csv, text: text, label: label, labels: [very negative, neutral, 3]}
              emotion:   {type: multilabel, train: t.csv, text: text, label: labels, separator: "|"}
              closeness: {type: regress, train: t.csv, text: a, text2: b, label: score}
              entities:  {type: tag, train: t.conll, test: e.conll, token: 0, label: 1}
            sharing: {type: lora, rank: 8, sites: [query, value]}
            balance: equal
            sampling: {type: temperature, temperature: 2}
            train: {epochs: 3, batch_tokens: 4096, learning_rate: 1.0e-4, warmup: 0.06, precision: auto, seed: 13}
            """;

    private final JsonNode schema = load();

    private static JsonNode load() {
        try (InputStream in = Project.class.getResourceAsStream("project.schema.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> problems(String yaml) {
        try {
            return new Schema(schema).problems(new YAMLMapper().readTree(yaml));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Set<String> keys(JsonNode object) {
        Set<String> keys = new TreeSet<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    @Test
    void itsKeysAreTheReadersKeys() {
        assertThat(keys(schema.get("properties"))).isEqualTo(ProjectReader.KEYS);
        assertThat(keys(schema.at("/$defs/train/properties"))).isEqualTo(TrainReader.KEYS);
        assertThat(texts(schema.at("/$defs/train/properties/precision/enum")))
                .containsExactlyElementsOf(Arrays.stream(TrainSpec.Precision.values())
                        .map(each -> each.name().toLowerCase(Locale.ROOT))
                        .toList());
        assertThat(texts(schema.at("/$defs/train/properties/backbone/enum")))
                .containsExactlyElementsOf(Arrays.stream(TrainSpec.Learns.values())
                        .map(each -> each.name().toLowerCase(Locale.ROOT))
                        .toList());
        assertThat(schema.at("/properties/tasks/propertyNames/pattern").asText())
                .isEqualTo("^" + ProjectReader.TASK_NAME.pattern() + "$");
    }

    @Test
    void everyKindOfTaskIsInItWithItsKeys() {
        assertThat(texts(schema.at("/$defs/task/properties/type/enum"))).containsExactlyElementsOf(TaskKinds.types());
        assertThat(schema.at("/$defs/task/allOf")).hasSize(TaskKinds.types().size());
        for (TaskKind kind : TaskKinds.all()) {
            JsonNode task = schema.at("/$defs/" + kind.type());
            Set<String> valid =
                    kind.readsFolder() ? new TreeSet<>(Set.of("type")) : new TreeSet<>(ProjectReader.TASK_KEYS);
            valid.addAll(kind.keys());
            valid.addAll(kind.parts());
            valid.addAll(kind.sections());
            assertThat(keys(task.path("properties"))).as(kind.type()).isEqualTo(valid);
            Set<String> required = new TreeSet<>(kind.required());
            required.add("type");
            if (!kind.readsFolder()) required.add("train");
            assertThat(texts(task.path("required"))).as(kind.type()).containsExactlyInAnyOrderElementsOf(required);
        }
    }

    @Test
    void itsDefaultsAreTheReadersDefaults() {
        TrainSpec spec = TrainReader.read(TrainReader.absent(), List.of());
        JsonNode train = schema.at("/$defs/train/properties");
        assertThat(train.at("/epochs/default").asDouble()).isEqualTo(spec.epochs());
        assertThat(train.at("/batch_tokens/default").asInt()).isEqualTo(spec.batchTokens());
        assertThat(train.at("/learning_rate/default").asDouble()).isEqualTo(spec.learningRate());
        assertThat(train.at("/warmup/default").asDouble()).isEqualTo(spec.warmup());
        assertThat(train.at("/weight_decay/default").asDouble()).isEqualTo(spec.weightDecay());
        assertThat(train.at("/clip/default").asDouble()).isEqualTo(spec.clip());
        assertThat(train.at("/dropout/default").asDouble()).isEqualTo(spec.dropout());
        assertThat(train.at("/max_tokens/default").asInt()).isEqualTo(spec.maxTokens());
        assertThat(train.at("/seed/default").asLong()).isEqualTo(spec.seed());
    }

    @Test
    void aGoodProjectFitsAndSlipsDoNot() {
        assertThat(problems(SUITE)).isEmpty();
        assertThat(problems(SUITE.replace("backbone:", "bakbone:"))).containsExactly("/bakbone: additionalProperties");
        assertThat(problems(SUITE.replace("text2: b", "txt2: b")))
                .containsExactly("/tasks/closeness/txt2: additionalProperties");
        assertThat(problems(SUITE.replace("token: 0, ", ""))).containsExactly("/tasks/entities: required");
        assertThat(problems(SUITE.replace("ordinal", "ordnal"))).containsExactly("/tasks/stars/type: enum");
        assertThat(problems(SUITE.replace("epochs: 3", "epochs: 0")))
                .containsExactly("/train/epochs: exclusiveMinimum");
        assertThat(problems(SUITE.replace("balance: equal", "balance: [equal]")))
                .containsExactly("/balance: anyOf");
        assertThat(problems(SUITE.replace("topic:", ".topic:"))).containsExactly("/tasks: propertyNames");
    }
}
