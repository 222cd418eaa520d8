package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Projection;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Low-rank updates as <a href="https://github.com/huggingface/peft">peft</a> keeps them: for each updated module {@code
 * base_model.model.MODULE.lora_A.weight [rank, in]} and {@code base_model.model.MODULE.lora_B.weight [out, rank]}, in F32.
 * {@link PeftLoraReader} goes the other way for what peft has trained.
 *
 * <p>peft updates whole modules. A backbone that keeps queries, keys and values in one, as ModernBERT does, cannot be told
 * so which of them to update: there {@link #fits} is false and a task's weights stay under the names that they have here.
 */
final class PeftLora {
    static final String PREFIX = "base_model.model.";
    static final String A = ".lora_A.weight";
    static final String B = ".lora_B.weight";

    private static final String WEIGHT = ".weight";

    private final int rank;
    private final double alpha;
    private final double dropout;
    private final Projections projections;

    PeftLora(int rank, double alpha, double dropout, Projections projections) {
        this.rank = rank;
        this.alpha = alpha;
        this.dropout = dropout;
        this.projections = projections;
    }

    /** Whether each of the projections is a module of its own. */
    boolean fits(Backbone backbone) {
        Map<String, long[]> shapes = backbone.shapes();
        for (Projection projection : projections.of(backbone).values()) {
            if (shapes.get(projection.weight())[0] != projection.out()) return false;
        }
        return true;
    }

    Weights stored(Backbone backbone, Weights own) {
        Map<String, Array> stored = new LinkedHashMap<>();
        projections.of(backbone).forEach((site, projection) -> {
            stored.put(PREFIX + module(projection) + A, transposed(own.get(Lora.down(site))));
            stored.put(PREFIX + module(projection) + B, transposed(own.get(Lora.up(site))));
        });
        return new Weights(stored);
    }

    Weights restored(Backbone backbone, Weights stored) {
        Map<String, Array> own = new LinkedHashMap<>();
        projections.of(backbone).forEach((site, projection) -> {
            own.put(Lora.down(site), transposed(stored.get(PREFIX + module(projection) + A)));
            own.put(Lora.up(site), transposed(stored.get(PREFIX + module(projection) + B)));
        });
        return new Weights(own);
    }

    /**
     * {@code adapter_config.json}. The modules stand there with their full names: peft takes every module whose name ends
     * as a target does, and BERT's {@code output.dense} is also how {@code attention.output.dense} ends.
     */
    Map<String, Object> config(Backbone backbone) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("peft_type", "LORA");
        config.put("task_type", "FEATURE_EXTRACTION");
        config.put("base_model_name_or_path", "../..");
        config.put("inference_mode", true);
        config.put("r", rank);
        config.put("lora_alpha", alpha);
        config.put("lora_dropout", dropout);
        config.put(
                "target_modules",
                projections.of(backbone).values().stream().map(PeftLora::module).toList());
        config.put("bias", "none");
        config.put("fan_in_fan_out", false);
        config.put("init_lora_weights", true);
        return config;
    }

    /** What transformers calls the module that holds a projection. */
    static String module(Projection projection) {
        return projection.weight().substring(0, projection.weight().length() - WEIGHT.length());
    }

    /** {@code [rows, columns]} as {@code [columns, rows]}, in F32. */
    static Array transposed(Array matrix) {
        int rows = (int) matrix.shape()[0];
        int columns = (int) matrix.shape()[1];
        float[] values = matrix.floats();
        float[] turned = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++)
                turned[column * rows + row] = values[row * columns + column];
        }
        return Array.of(turned, columns, rows);
    }
}
