package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.model.Backbone;
import dev.polymath.model.Pretrained;
import dev.polymath.model.Projection;
import dev.polymath.model.Reading;
import dev.polymath.project.PartSpec;
import dev.polymath.project.SharingSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A small model in int8: what is written, how it answers, and what becomes of it when tasks come and go. */
class QuantizerTest {
    private static final PartSpec HARD = new PartSpec("hard", Map.of());
    private static final PartSpec LORA = new PartSpec("lora", Map.of("rank", 4));

    @TempDir
    Path parent;

    private final SplittableRandom random = new SplittableRandom(3);
    private final List<String> progress = new ArrayList<>();
    private Path folder;
    private List<Example> texts;

    @BeforeEach
    void write() {
        write(LORA);
    }

    /** @param low how two of the tasks share */
    private void write(PartSpec low) {
        folder = parent.resolve("model");
        SharingSpec sharing = new SharingSpec(HARD, Map.of("stars", low, "nli", low));
        ModelFolder.write(folder, TinyModel.contents(sharing, random));
        texts = new ArrayList<>();
        for (int i = 0; i < 80; i++) texts.add(new Example(text(), text(), null, i + 1));
    }

    @Test
    void theGraphsLieBesideTheOldOnesAndTheirWeightsOnce() {
        Map<String, List<float[]>> before = outputs(folder, Precision.FP32);
        ModelManifest old = ModelFolder.open(folder).manifest();
        Quantization measured = quantize(100);

        ModelFolder model = ModelFolder.open(folder);
        model.verify();
        assertThat(model.manifest().files())
                .containsAllEntriesOf(old.files())
                .containsKeys(
                        "quantization.json",
                        "onnx/model.int8.safetensors",
                        "onnx/trunk.int8.onnx",
                        "onnx/trunk.lora.int8.onnx")
                .hasSize(old.files().size() + 4);
        assertThat(model.quantization()).isEqualTo(measured);
        assertThat(measured.kept()).isEmpty();
        assertThat(measured.quantized()).hasSize(12).contains("layer.1.ffn.out");
        assertThat(measured.tasks().get("intent").metric()).isEqualTo("accuracy");
        assertThat(measured.tasks().get("intent").fp32()).isEqualTo(1);
        assertThat(parent.toFile().list()).containsExactly("model");
        assertSame(outputs(folder, Precision.FP32), before);
    }

    @Test
    void layersBelowThePlaceWhereTasksPartAreQuantisedToo() {
        write(new PartSpec("lora", Map.of("rank", 4, "first_layer", 2)));
        answersInInt8AreCloseToThoseInFloats();
        assertThat(ModelFolder.open(folder).manifest().files())
                .containsKeys("onnx/below.lora.int8.onnx", "onnx/trunk.lora.int8.onnx");
    }

    @Test
    void answersInInt8AreCloseToThoseInFloats() {
        quantize(100);
        Map<String, List<float[]>> floats = outputs(folder, Precision.FP32);
        Map<String, List<float[]>> integers = outputs(folder, Precision.INT8);
        floats.forEach((task, rows) -> {
            double error = Math.sqrt(distance(rows, integers.get(task)));
            assertThat(error).as(task).isGreaterThan(0).isLessThan(0.1);
        });
    }

    @Test
    void anAnswerDoesNotDependOnWhatElseIsInTheBatch() {
        quantize(100);
        try (Polymath model = Polymath.open(folder, new Polymath.Settings(1, 4096, Precision.INT8))) {
            for (Task task : model.tasks()) {
                List<float[]> together = model.outputs(task, texts);
                for (int row = 0; row < texts.size(); row += 7) {
                    float[] alone = model.outputs(task, List.of(texts.get(row))).get(0);
                    assertThat(alone).containsExactly(together.get(row), offset(1e-5f));
                }
            }
        }
    }

    @Test
    void layersThatCostTooMuchStayInFloats() {
        double all = quantize(100).tasks().values().stream()
                .mapToDouble(Quantization.Measured::loss)
                .max()
                .orElseThrow();
        assertThat(all).isGreaterThan(0);
        Quantization measured = quantize(all / 2);
        assertThat(measured.kept()).isNotEmpty();
        assertThat(measured.quantized()).isNotEmpty();
        assertThat(measured.kept().size() + measured.quantized().size()).isEqualTo(12);
        assertThat(measured.tasks().values()).allMatch(task -> task.loss() <= all / 2);
        assertThat(progress)
                .anyMatch(step -> step.contains("by itself"))
                .last()
                .asString()
                .contains("of 12 layers");
        Weights int8 = Safetensors.read(folder.resolve("onnx/model.int8.safetensors"));
        assertThat(int8.names()).hasSize(2 * measured.quantized().size());
    }

    @Test
    void aModelCanBeQuantisedAgain() {
        quantize(100);
        Map<String, List<float[]>> first = outputs(folder, Precision.INT8);
        quantize(100);
        ModelFolder.open(folder).verify();
        assertSame(outputs(folder, Precision.INT8), first);
    }

    @Test
    void tasksThatComeAndGoLeaveTheOldOnesAsTheyWere() throws IOException {
        quantize(100);
        Map<String, List<float[]>> before = outputs(folder, Precision.AUTO);
        Path more = parent.resolve("more");
        extend(folder, more, Map.of("fresh", HARD, "low", LORA, "wide", new PartSpec("lora", Map.of("rank", 2))));
        ModelFolder extended = ModelFolder.open(more);
        extended.verify();
        Map<String, List<float[]>> after = outputs(more, Precision.AUTO);
        assertThat(after).containsKeys("fresh", "low", "wide");
        assertSame(after, before);
        assertThat(Files.getAttribute(more.resolve("onnx/model.int8.safetensors"), "unix:ino"))
                .isEqualTo(Files.getAttribute(folder.resolve("onnx/model.int8.safetensors"), "unix:ino"));
        ModelDifference difference = ModelDifference.of(ModelFolder.open(folder), extended);
        assertThat(difference.same()).containsExactlyInAnyOrderElementsOf(before.keySet());
        assertThat(difference.changed()).isEmpty();

        Path fewer = parent.resolve("fewer");
        extended.remove(fewer, List.of("stars", "nli", "low", "closeness"));
        ModelFolder left = ModelFolder.open(fewer);
        left.verify();
        assertThat(left.quantization().tasks()).containsOnlyKeys("intent", "topics", "entities");
        assertThat(fewer.resolve("onnx/trunk.lora.int8.onnx")).doesNotExist();
        assertSame(outputs(fewer, Precision.AUTO), before);

        Path none = parent.resolve("none");
        left.remove(none, List.of("intent", "topics", "entities"));
        ModelFolder.open(none).verify();
        assertThat(ModelFolder.open(none).quantization()).isNull();
        assertThat(none.resolve("onnx/model.int8.safetensors")).doesNotExist();
    }

    @Test
    void tasksThatCameLaterAreServedInFloatsUntilItIsQuantisedAgain() {
        quantize(100);
        Path more = parent.resolve("more");
        extend(folder, more, Map.of("fresh", HARD));
        assertSame(
                Map.of("fresh", outputs(more, Precision.AUTO).get("fresh")),
                Map.of("fresh", outputs(more, Precision.FP32).get("fresh")));
        assertThatThrownBy(() -> Polymath.open(more, Polymath.Settings.DEFAULT.with(Precision.INT8)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("(fresh); run 'polymath quantize " + more + "' again");
    }

    @Test
    void diffTellsThatAModelHasBeenQuantised() {
        ModelFolder.write(parent.resolve("other"), TinyModel.contents(1));
        ModelFolder.write(folder, TinyModel.contents(1));
        quantize(100);
        ModelDifference difference =
                ModelDifference.of(ModelFolder.open(parent.resolve("other")), ModelFolder.open(folder));
        assertThat(difference.changed().values()).hasSize(6).allMatch(List.of("int8")::equals);
    }

    @Test
    void int8IsRefusedWhereThereIsNone() {
        assertThatThrownBy(() -> Polymath.open(folder, Polymath.Settings.DEFAULT.with(Precision.INT8)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has no int8 graphs; run 'polymath quantize " + folder + "' first");
    }

    @Test
    void aModelThatIsWrittenElsewhereStaysAsItWas() {
        Path other = parent.resolve("new").resolve("other");
        Map<String, ModelManifest.Entry> before =
                ModelFolder.open(folder).manifest().files();
        Quantization measured =
                new Quantizer(ModelFolder.open(folder), other, labelled(), 100, progress::add).quantize();
        assertThat(ModelFolder.open(folder).manifest().files()).isEqualTo(before);
        ModelFolder written = ModelFolder.open(other);
        written.verify();
        assertThat(written.quantization()).isEqualTo(measured);
        assertThat(other.getParent().toFile().list()).containsExactly("other");
    }

    @Test
    void withoutLabelsOutputsAreHeldToThoseInFloatsByTheirCosine() {
        ModelFolder model = ModelFolder.open(folder);
        List<Example> some = texts.subList(0, 30);
        Quantization all = new Quantizer(model, folder, Yardstick.cosines(model, some), 100, progress::add).quantize();
        assertThat(all.kept()).isEmpty();
        Quantization.Measured stars = all.tasks().get("stars");
        assertThat(stars.metric()).isEqualTo("cosine_to_fp32");
        assertThat(stars.fp32()).isCloseTo(1, offset(1e-9));
        assertThat(stars.int8()).isLessThan(1 - 1e-9).isGreaterThan(0.9);

        double most = all.tasks().values().stream()
                .mapToDouble(Quantization.Measured::loss)
                .max()
                .orElseThrow();
        Quantization fewer =
                new Quantizer(model, folder, Yardstick.cosines(model, some), most * 0.9, progress::add).quantize();
        assertThat(fewer.kept()).isNotEmpty();
        assertThat(fewer.losing()).isEmpty();
    }

    @Test
    void everyTaskNeedsRows() {
        ModelFolder model = ModelFolder.open(folder);
        Map<String, List<Example>> rows = labelled();
        rows.remove("stars");
        rows.put("intent", texts);
        assertThatThrownBy(() -> new Quantizer(model, folder, rows, 0.5, step -> {}))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no labelled rows")
                .hasMessageContaining("intent, stars");
        assertThatThrownBy(() -> new Quantizer(model, folder, labelled(), -1, step -> {}))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("-1.0 points");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "xlm-roberta", "distilbert", "mpnet", "modernbert"})
    void everyLinearMapOfEveryBackboneIsInIntegers(String name) {
        Pretrained pretrained = Pretrained.open("src/test/resources/backbones/" + name, 0);
        Backbone backbone = pretrained.backbone();
        Weights both = pretrained.weights().with(Quantizer.int8(backbone, pretrained.weights(), List.of()));
        SharingGroup hard = new SharingGroup("hard", HARD, List.of());
        byte[] graph = ServingGraphs.trunk(backbone, hard, Reading.of(backbone.layers()), Map.of(), both)
                .bytes();
        Matcher products =
                Pattern.compile("MatMulInteger_\\d+").matcher(new String(graph, StandardCharsets.ISO_8859_1));
        long maps = backbone.projections().values().stream()
                .map(Projection::weight)
                .distinct()
                .count();
        assertThat(products.results().map(MatchResult::group).distinct()).hasSize((int) maps);
    }

    private Quantization quantize(double limit) {
        return new Quantizer(ModelFolder.open(folder), folder, labelled(), limit, progress::add).quantize();
    }

    /** The texts with what the model itself answers in floats: of it, no task loses anything. */
    private Map<String, List<Example>> labelled() {
        Map<String, List<Example>> rows = new LinkedHashMap<>();
        try (Polymath model = Polymath.open(folder, Polymath.Settings.DEFAULT.with(Precision.FP32))) {
            for (Task task : model.tasks()) {
                List<Example> own = new ArrayList<>();
                for (int i = 0; i < texts.size(); i++) {
                    String text = texts.get(i).text();
                    String second = task.pairs() ? texts.get(i).text2() : null;
                    Label.Tags words = words(text);
                    Example asked = new Example(text, second, task.type().equals("tag") ? words : null, i + 1);
                    Answer answer = model.answers(task, List.of(asked)).get(0);
                    own.add(new Example(text, second, label(answer, words), i + 1));
                }
                rows.put(task.name(), own);
            }
        }
        return rows;
    }

    private static Label label(Answer answer, Label.Tags words) {
        if (answer instanceof Answer.Labelled one) return new Label.Name(one.label());
        if (answer instanceof Answer.MultiLabelled some) return new Label.Names(some.labels());
        if (answer instanceof Answer.Level level) return new Label.Name(level.label());
        if (answer instanceof Answer.Value number) return new Label.Number(number.value());
        return new Label.Tags(((Answer.Spans) answer).tags(), words.starts(), words.ends());
    }

    /** The text's words, untagged. */
    private static Label.Tags words(String text) {
        List<int[]> words = new ArrayList<>();
        for (int start = 0; start < text.length(); start = text.indexOf(' ', start) + 1) {
            words.add(new int[] {start, text.indexOf(' ', start)});
        }
        int[] starts = words.stream().mapToInt(word -> word[0]).toArray();
        int[] ends = words.stream().mapToInt(word -> word[1]).toArray();
        return new Label.Tags(Collections.nCopies(words.size(), "O"), starts, ends);
    }

    private static void extend(Path from, Path to, Map<String, PartSpec> parts) {
        ModelFolder model = ModelFolder.open(from);
        SplittableRandom random = new SplittableRandom(5);
        List<Task> tasks = new ArrayList<>();
        Weights weights = Weights.empty();
        for (String name : parts.keySet()) {
            tasks.add(TinyModel.classify(name, false, "a", "b"));
            weights = weights.with(
                    tasks.get(tasks.size() - 1).initial(model.backbone().width(), random));
        }
        List<SharingGroup> coming = SharingGroup.coming(model.groups(), parts);
        for (SharingGroup group : coming)
            weights = weights.with(group.initial(model.backbone(), model.weights(), random));
        model.extend(to, new ModelFolder.Extension(tasks, coming, weights, JsonNodeFactory.instance.objectNode()));
    }

    private Map<String, List<float[]>> outputs(Path path, Precision precision) {
        Map<String, List<float[]>> outputs = new LinkedHashMap<>();
        try (Polymath model = Polymath.open(path, new Polymath.Settings(1, 4096, precision))) {
            for (Task task : model.tasks()) outputs.put(task.name(), model.outputs(task, texts));
        }
        return outputs;
    }

    /** What both have is the same to the last bit. */
    private static void assertSame(Map<String, List<float[]>> actual, Map<String, List<float[]>> expected) {
        expected.forEach((task, rows) -> {
            if (!actual.containsKey(task)) return;
            for (int row = 0; row < rows.size(); row++)
                assertThat(actual.get(task).get(row)).isEqualTo(rows.get(row));
        });
    }

    private static double distance(List<float[]> first, List<float[]> second) {
        double distance = 0;
        double length = 0;
        for (int row = 0; row < first.size(); row++) {
            for (int i = 0; i < first.get(row).length; i++) {
                distance += Math.pow(first.get(row)[i] - second.get(row)[i], 2);
                length += Math.pow(first.get(row)[i], 2);
            }
        }
        return distance / length;
    }

    private String text() {
        List<String> words = List.of("where", "is", "my", "refund", "thanks", "parcel", "Paris", "late", "two", "!");
        StringBuilder text = new StringBuilder();
        for (int i = 1 + random.nextInt(20); i > 0; i--) {
            text.append(words.get(random.nextInt(words.size()))).append(' ');
        }
        return text.toString();
    }
}
