package dev.polymath.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The backbones there are. A new one is one class and one line here. */
public final class Backbones {
    private interface Maker {
        Backbone make(JsonNode config, double dropout);
    }

    private static final Map<String, Maker> BY_TYPE = new TreeMap<>(Map.of(
            "bert", Bert::new,
            "distilbert", DistilBert::new,
            "modernbert", ModernBert::new,
            "mpnet", Mpnet::new,
            "roberta", Roberta::new,
            "xlm-roberta", Roberta::new));

    private Backbones() {}

    /** The {@code model_type}s that can be read. */
    public static Set<String> types() {
        return new TreeSet<>(BY_TYPE.keySet());
    }

    /**
     * The backbone that a configuration describes.
     *
     * @param config {@code config.json} in Hugging Face layout
     * @param dropout share of hidden values and attention probabilities dropped when learning, 0 to 1 (excluded)
     * @throws InputException if its {@code model_type} is none of {@link #types}, or it lacks a size, or it asks for
     *     what there is not
     */
    public static Backbone of(JsonNode config, double dropout) {
        String type = config.path("model_type").asText("");
        Maker maker = BY_TYPE.get(type);
        if (maker != null) return maker.make(config, dropout);
        throw new InputException((type.isEmpty()
                        ? "config.json has no 'model_type'"
                        : "config.json is for the architecture '" + type + "', which cannot be read")
                + "; there are " + String.join(", ", BY_TYPE.keySet()));
    }

    /** @throws IllegalArgumentException if it is not a share below 1 */
    static double checkedDropout(double dropout) {
        if (dropout >= 0 && dropout < 1) return dropout;
        throw new IllegalArgumentException("dropout is a share from 0 to 1 (excluded), not " + dropout);
    }
}
