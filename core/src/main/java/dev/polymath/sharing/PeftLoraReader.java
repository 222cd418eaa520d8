package dev.polymath.sharing;

import dev.polymath.InputException;
import dev.polymath.Nearest;
import dev.polymath.model.Backbone;
import dev.polymath.model.Projection;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a low-rank update that <a href="https://github.com/huggingface/peft">peft</a> has trained as the weights of {@link
 * Lora}. It may have been trained with a head; {@code base_model.model.bert.encoder...} is then where {@code
 * base_model.model.encoder...} would be. Where the backbone keeps queries, keys and values in one module, an update of
 * that is one of each of them, with the same way into the waist.
 */
public final class PeftLoraReader {
    /** What changes how peft computes or which modules it updates, and is not there in {@link Lora}. */
    private static final List<String> OTHERS = List.of(
            "use_dora",
            "use_qalora",
            "use_bdlora",
            "lora_bias",
            "rank_pattern",
            "alpha_pattern",
            "layers_to_transform",
            "layer_replication",
            "target_parameters",
            "trainable_token_indices",
            "alora_invocation_tokens",
            "arrow_config",
            "kasa_config");

    /** Beginnings that leave the backbone's weights as they are; PiSSA's, OLoRA's and such change them. */
    private static final Set<String> INITS = Set.of("true", "false", "gaussian", "eva", "orthogonal");

    private final Map<String, Object> config;
    private final Backbone backbone;
    private final Map<String, Array> downs = new LinkedHashMap<>();
    private final Map<String, Array> ups = new LinkedHashMap<>();
    private final List<String> leftOut = new ArrayList<>();

    private PeftLoraReader(Map<String, Object> config, Backbone backbone) {
        this.config = config;
        this.backbone = backbone;
    }

    /**
     * @param config {@code adapter_config.json}
     * @param weights {@code adapter_model.safetensors}
     * @throws InputException if it is no LORA, one with additions that are not there here, one that updates what is no
     *     projection of the backbone or not the same ones in every layer, or its arrays are missing or of other shapes
     */
    public static TrainedPart read(Map<String, Object> config, Weights weights, Backbone backbone) {
        PeftLoraReader reader = new PeftLoraReader(config, backbone);
        reader.checkConfig();
        reader.sort(weights);
        return reader.part();
    }

    private void checkConfig() {
        for (String key : OTHERS) {
            Object value = config.get(key);
            if (isSet(value)) throw new InputException(key + " is " + value + "; lora here has nothing like it");
        }
        if (!config.getOrDefault("bias", "none").equals("none")) {
            throw new InputException("bias is " + config.get("bias") + "; lora here leaves biases as they are");
        }
        String init = String.valueOf(config.getOrDefault("init_lora_weights", true));
        if (INITS.contains(init)) return;
        throw new InputException(
                "init_lora_weights is " + init + ", which has changed the backbone's weights; in peft, "
                        + "save_pretrained with path_initial_model_for_weight_conversion makes a plain LORA of it");
    }

    private static boolean isSet(Object value) {
        if (value instanceof Collection<?> list) return !list.isEmpty();
        if (value instanceof Map<?, ?> map) return !map.isEmpty();
        return value != null && !value.equals(false);
    }

    /** Finds for each array the module that it updates. */
    private void sort(Weights weights) {
        Set<String> modules = new LinkedHashSet<>();
        backbone.projections().values().forEach(projection -> modules.add(PeftLora.module(projection)));
        weights.asMap().forEach((name, array) -> {
            boolean down = name.endsWith(PeftLora.A);
            if (!down && !name.endsWith(PeftLora.B)) {
                if (!isOfHead(name)) throw new InputException(name + " has no place in a lora here");
                leftOut.add(name);
                return;
            }
            int end = name.length() - (down ? PeftLora.A : PeftLora.B).length();
            String updated = name.substring(0, end);
            for (String module : modules) {
                if (updated.endsWith("." + module)) {
                    (down ? downs : ups).put(module, array);
                    return;
                }
            }
            String shown = updated.startsWith(PeftLora.PREFIX) ? updated.substring(PeftLora.PREFIX.length()) : updated;
            throw new InputException("it updates " + shown + ", which is no projection of this backbone ("
                    + backbone.type() + "); " + Nearest.suggest(shown, modules));
        });
    }

    private boolean isOfHead(String name) {
        return config.get("modules_to_save") instanceof Collection<?> heads
                && Arrays.stream(name.split("\\.")).anyMatch(heads::contains);
    }

    private TrainedPart part() {
        int rank = (int) number("r");
        Projections projections = projections();
        Map<String, Array> own = new LinkedHashMap<>();
        projections.of(backbone).forEach((site, projection) -> {
            String module = PeftLora.module(projection);
            long whole = backbone.shapes().get(projection.weight())[0];
            Array down = checked(downs.get(module), module + PeftLora.A, rank, projection.in());
            Array up = checked(ups.get(module), module + PeftLora.B, whole, rank);
            Array rows = up.rows((int) projection.from(), (int) projection.out());
            own.put(Lora.down(site), PeftLora.transposed(down));
            own.put(Lora.up(site), PeftLora.transposed(rows));
        });
        // peft divides by the root of the rank there.
        double alpha = number("lora_alpha") * (isSet(config.get("use_rslora")) ? Math.sqrt(rank) : 1);
        double dropout = config.get("lora_dropout") == null ? 0 : number("lora_dropout");
        Map<String, Object> knobs = new LinkedHashMap<>();
        knobs.put("rank", rank);
        knobs.put("alpha", alpha);
        knobs.put("dropout", dropout);
        knobs.put("sites", projections.names());
        if (projections.below() > 0) knobs.put("first_layer", projections.below() + 1);
        return new TrainedPart(new PartSpec("lora", knobs), new Weights(own), leftOut);
    }

    private Projections projections() {
        Set<String> updated = new LinkedHashSet<>(downs.keySet());
        updated.addAll(ups.keySet());
        if (updated.isEmpty()) throw new InputException("it updates nothing");
        List<String> names = new ArrayList<>();
        for (String name : Projections.NAMES) {
            if (count(updated, new Projections(List.of(name))) > 0) names.add(name);
        }
        Projections projections = new Projections(names);
        long all = count(updated, projections);
        while (count(updated, new Projections(names, projections.below() + 1)) == all) {
            projections = new Projections(names, projections.below() + 1);
        }
        for (Projection projection : projections.of(backbone).values()) {
            if (updated.contains(PeftLora.module(projection))) continue;
            throw new InputException("it does not update " + PeftLora.module(projection)
                    + "; lora here updates the same projections in every layer from one on: "
                    + String.join(", ", names));
        }
        return projections;
    }

    private long count(Set<String> updated, Projections projections) {
        return projections.of(backbone).values().stream()
                .filter(projection -> updated.contains(PeftLora.module(projection)))
                .count();
    }

    private static Array checked(Array array, String name, long... shape) {
        if (array == null) throw new InputException(name + " is missing");
        if (array.type().floating() && Arrays.equals(array.shape(), shape)) return array;
        throw new InputException(name + " is " + array + ", but the backbone and r make it " + Arrays.toString(shape));
    }

    private double number(String key) {
        if (config.get(key) instanceof Number number && number.doubleValue() >= 0) return number.doubleValue();
        throw new InputException(key + " is " + config.get(key) + "; it must be a number");
    }
}
