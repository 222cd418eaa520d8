package dev.polymath.sharing;

import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Reads a prompt that <a href="https://github.com/huggingface/peft">peft</a> has trained by PROMPT_TUNING as the weights of
 * {@link TaskPrompt}. It may have been trained with a head, which is left out.
 */
public final class PeftPromptReader {
    private PeftPromptReader() {}

    /**
     * @param config {@code adapter_config.json}
     * @param weights {@code adapter_model.safetensors}
     * @throws InputException if it is no PROMPT_TUNING, is of a model with a decoder, or its prompt is missing or of another
     *     width than the backbone's
     */
    public static TrainedPart read(Map<String, Object> config, Weights weights, Backbone backbone) {
        if (!(config.get("num_virtual_tokens") instanceof Integer tokens) || tokens < 1) {
            throw new InputException("num_virtual_tokens is " + config.get("num_virtual_tokens")
                    + "; it must be a whole number of at least 1");
        }
        Object parts = config.get("num_transformer_submodules");
        if (parts != null && !parts.equals(1)) {
            throw new InputException("num_transformer_submodules is " + parts
                    + ", a prompt for an encoder and a decoder; here there are encoders alone");
        }
        Object width = config.get("token_dim");
        if (width != null && !width.equals(backbone.width())) {
            throw new InputException("token_dim is " + width + ", and the backbone (" + backbone.type()
                    + ") has states of width " + backbone.width());
        }
        Prompts.requireRoom(backbone, tokens);
        boolean random = "RANDOM".equals(config.get("prompt_tuning_init"));
        PartSpec spec =
                new PartSpec("prompt", Map.of("tokens", tokens, "init", random ? Prompts.RANDOM : Prompts.VOCABULARY));
        Weights own = SharingParts.of(spec).restored(backbone, weights);
        return new TrainedPart(spec, own, heads(config, weights));
    }

    private static List<String> heads(Map<String, Object> config, Weights weights) {
        List<String> heads = new ArrayList<>();
        for (String name : weights.names()) {
            if (name.equals(TaskPrompt.STORED)) continue;
            if (!(config.get("modules_to_save") instanceof Collection<?> saved)
                    || Arrays.stream(name.split("\\.")).noneMatch(saved::contains)) {
                throw new InputException(name + " has no place in a prompt here");
            }
            heads.add(name);
        }
        return heads;
    }
}
