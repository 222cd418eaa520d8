package dev.polymath.server;

import dev.polymath.run.Prediction;
import java.util.List;
import java.util.Locale;

/**
 * What happens to texts that are longer than the model reads, as TEI's requests say it.
 *
 * @param allowed whether they are cut; else the request is refused
 * @param left whether their beginning is cut instead of their end
 */
record Truncation(boolean allowed, boolean left) {
    private static final List<String> DIRECTIONS = List.of("right", "left", "Right", "Left");

    /** From {@code truncate} and {@code truncation_direction}; refuses {@code prompt_name}, since models have no prompts. */
    static Truncation of(Fields fields) {
        String prompt = fields.text("prompt_name");
        if (prompt != null) {
            throw Fault.invalid(
                    "`prompt_name` is '" + Fields.shortened(prompt) + "', and the model has no prompts; leave it out");
        }
        String direction = fields.choice("truncation_direction", DIRECTIONS, "right");
        return new Truncation(
                fields.flag("truncate", true),
                direction.toLowerCase(Locale.ROOT).equals("left"));
    }

    /** From {@code parameters}, where there are such. */
    static Truncation ofParameters(Fields fields) {
        return fields.has("parameters")
                ? of(fields.object("parameters"))
                : of(new Fields(fields.json().objectNode()));
    }

    List<String> applied(List<String> texts, ServedModel model) {
        if (!allowed || !left) return texts;
        return texts.stream().map(text -> Texts.end(text, model)).toList();
    }

    /** @throws Fault if a text was cut that may not be */
    void check(List<Prediction> predictions, ServedModel model) {
        if (!allowed && predictions.stream().anyMatch(Prediction::truncated)) {
            throw Fault.invalid("`inputs` must have at most " + model.maxTokens() + " tokens; send `truncate`: true");
        }
    }
}
