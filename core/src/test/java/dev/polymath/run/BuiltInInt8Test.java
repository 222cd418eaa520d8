package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.assertj.core.data.Offset.offset;

import dev.polymath.data.DataFiles;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.data.Row;
import dev.polymath.data.RowReader;
import dev.polymath.task.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The built-in model in int8, as it is made in the user's cache. */
class BuiltInInt8Test {
    private static final Path MINILM = Path.of("minilm");
    /** Test rows of the STS benchmark, beside the repository where there are such. */
    private static final Path PAIRS = Path.of("../../shared/suite/closeness/test.csv");

    private static final List<String> TEXTS = List.of("Where is my refund?", "A man is playing a guitar on the stage.");

    @Test
    void itIsHeldToTheVectorsInFloats() {
        try (Polymath model = opened(Precision.INT8)) {
            Quantization quantization = model.folder().quantization();
            assertThat(quantization.limit()).isEqualTo(BuiltInModel.LIMIT);
            Quantization.Measured embed = quantization.tasks().get("embed");
            assertThat(embed.metric()).isEqualTo("cosine_to_fp32");
            assertThat(embed.rows()).isEqualTo(BuiltInModel.texts().size()).isGreaterThan(40);
            assertThat(embed.int8()).isBetween(1 - BuiltInModel.LIMIT / 100, 1 - 1e-6);
        }
    }

    @Test
    void whoDoesNotAskForItGetsTheVectorsInFloats() {
        List<float[]> floats = vectors(Precision.FP32);
        List<float[]> integers = vectors(Precision.INT8);
        assertThat(integers.get(0)).isNotEqualTo(floats.get(0));
        assertThat(vectors(Precision.AUTO).get(0)).containsExactly(floats.get(0), offset(1e-6f));
        try (Polymath model = opened(Precision.FP32)) {
            assertThat(model.folder().quantization()).isNull();
        }
    }

    /** Indexes are searched by either. */
    @Test
    void itIsTheSameModel() {
        try (Polymath floats = opened(Precision.FP32);
                Polymath integers = opened(Precision.INT8)) {
            assertThat(TaskDigest.of(integers.folder(), "embed")).isEqualTo(TaskDigest.of(floats.folder(), "embed"));
        }
    }

    @Test
    void closenessOfTextsIsToldAsWellAsInFloats() {
        assumeThat(PAIRS).as("test rows of the STS benchmark").exists();
        try (Polymath model = opened(Precision.INT8)) {
            double spearman = Evaluation.evaluate(model, "test", Map.of("embed", pairs()))
                    .at("/embed/test/spearman")
                    .asDouble();
            // 0.8193; in F32 0.8203.
            assertThat(spearman).isGreaterThan(0.815);
        }
    }

    private static List<Example> pairs() {
        List<Example> pairs = new ArrayList<>();
        try (RowReader rows = DataFiles.rows(PAIRS)) {
            while (rows.hasNext()) {
                Row row = rows.next();
                Label score = new Label.Number(Double.parseDouble(row.field("score")));
                pairs.add(new Example(row.field("a"), row.field("b"), score, row.line()));
            }
        }
        return pairs;
    }

    private static List<float[]> vectors(Precision precision) {
        try (Polymath model = opened(precision)) {
            Task embed = model.tasks().get(0);
            return model.outputs(
                    embed,
                    TEXTS.stream().map(text -> new Example(text, null, null, 0)).toList());
        }
    }

    private static Polymath opened(Precision precision) {
        return Polymath.open(MINILM, Polymath.Settings.DEFAULT.with(precision));
    }
}
