package dev.polymath.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.InputException;
import dev.polymath.Nearest;
import dev.polymath.model.Backbone;
import dev.polymath.sharing.PeftLoraReader;
import dev.polymath.sharing.PeftPromptReader;
import dev.polymath.sharing.TrainedPart;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A folder that <a href="https://github.com/huggingface/peft">peft</a>'s {@code save_pretrained} wrote. Of its kinds, LORA
 * and PROMPT_TUNING are read. peft has no bottleneck adapters, so there are none to read.
 */
public final class PeftAdapter {
    private static final String LORA = "LORA";
    private static final String PROMPT = "PROMPT_TUNING";
    private static final List<String> KINDS = List.of(LORA, PROMPT);
    private static final ObjectMapper JSON = new ObjectMapper();

    private PeftAdapter() {}

    /**
     * Reads a folder.
     *
     * @param backbone the one that it was trained on
     * @throws InputException if there is no such folder, a file is missing or broken, it is of another kind, or does not
     *     fit the backbone
     */
    public static TrainedPart open(Path folder, Backbone backbone) {
        Path configFile = required(folder, ModelLayout.ADAPTER_CONFIG, "");
        String advice = Files.exists(folder.resolve("adapter_model.bin"))
                ? "; in peft, save_pretrained(folder, safe_serialization=True) makes one of adapter_model.bin"
                : "";
        Weights weights = Safetensors.read(required(folder, ModelLayout.ADAPTER_WEIGHTS, advice));
        try {
            Map<String, Object> config = config(configFile);
            String kind = String.valueOf(config.get("peft_type"));
            if (!KINDS.contains(kind)) {
                throw new InputException(
                        "peft_type is '" + kind + "', which cannot be read; " + Nearest.suggest(kind, KINDS));
            }
            return kind.equals(LORA)
                    ? PeftLoraReader.read(config, weights, backbone)
                    : PeftPromptReader.read(config, weights, backbone);
        } catch (InputException e) {
            throw new InputException(folder + ": " + e.getMessage(), e);
        }
    }

    private static Path required(Path folder, String file, String advice) {
        if (!Files.isDirectory(folder)) throw new InputException("there is no folder " + folder);
        Path found = folder.resolve(file);
        if (Files.isRegularFile(found)) return found;
        throw new InputException(folder + ": there is no " + file + advice);
    }

    private static Map<String, Object> config(Path file) {
        try {
            return JSON.readValue(Files.readAllBytes(file), new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new InputException(file.getFileName() + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
