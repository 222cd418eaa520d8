package dev.polymath.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A backbone with what it has learned before.
 *
 * @param backbone its architecture
 * @param config its {@code config.json}
 * @param weights its weights in F32, exactly those of {@link Backbone#shapes}
 * @param tokenizer the bytes of its {@code tokenizer.json}
 * @param name {@code minilm}, or the name of the folder
 */
public record Pretrained(Backbone backbone, ObjectNode config, Weights weights, byte[] tokenizer, String name) {
    /** The name of the built-in backbone. */
    public static final String BUILT_IN = "minilm";

    private static final String CONFIG = "config.json";
    private static final String TOKENIZER = "tokenizer.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final String PICKLE = "pytorch_model.bin";

    /**
     * Opens the built-in backbone or a folder in Hugging Face layout: {@code config.json}, {@code tokenizer.json}, and
     * {@code model.safetensors} or its shards. Weights of heads and poolers are left out.
     *
     * @param nameOrFolder {@code minilm} or a path
     * @param dropout share of hidden values and attention probabilities dropped when learning, 0 to 1 (excluded)
     * @throws InputException if there is no such folder, a file is missing or broken, the architecture is unknown, or
     *     the weights do not fit it
     */
    public static Pretrained open(String nameOrFolder, double dropout) {
        if (nameOrFolder.equals(BUILT_IN)) {
            Backbone backbone = Backbones.of(Minilm.config(), dropout);
            Weights weights = PretrainedWeights.of(backbone, Minilm.weights());
            return new Pretrained(backbone, Minilm.config(), weights, Minilm.tokenizer(), BUILT_IN);
        }
        Path folder = folder(nameOrFolder);
        require(folder, CONFIG);
        require(folder, TOKENIZER);
        if (!Files.exists(folder.resolve(INDEX))) require(folder, WEIGHTS);
        ObjectNode config = config(folder.resolve(CONFIG));
        Weights checkpoint = Safetensors.readFolder(folder);
        try {
            Backbone backbone = Backbones.of(config, dropout);
            Weights weights = PretrainedWeights.of(backbone, checkpoint);
            String name = folder.toAbsolutePath().normalize().getFileName().toString();
            return new Pretrained(backbone, config, weights, bytes(folder.resolve(TOKENIZER)), name);
        } catch (InputException e) {
            throw new InputException(folder + ": " + e.getMessage(), e);
        }
    }

    private static Path folder(String name) {
        try {
            Path folder = Path.of(name);
            if (Files.isDirectory(folder)) return folder;
        } catch (InvalidPathException e) {
            throw new InputException("'" + name + "' is no path: " + e.getMessage(), e);
        }
        throw new InputException("there is no folder '" + name + "'; a backbone is '" + BUILT_IN
                + "' (built in) or a folder in Hugging Face layout");
    }

    private static void require(Path folder, String file) {
        if (Files.isRegularFile(folder.resolve(file))) return;
        String advice = "";
        if (file.equals(WEIGHTS) && Files.exists(folder.resolve(PICKLE))) {
            advice = "; convert " + PICKLE + " to safetensors: in Python, AutoModel.from_pretrained(folder)"
                    + ".save_pretrained(folder, safe_serialization=True)";
        }
        throw new InputException(folder + ": there is no " + file + "; the folder has " + content(folder) + advice);
    }

    private static String content(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            String names = files.map(file -> file.getFileName().toString())
                    .sorted()
                    .limit(20)
                    .collect(Collectors.joining(", "));
            return names.isEmpty() ? "nothing in it" : names;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
    }

    private static ObjectNode config(Path file) {
        try {
            JsonNode config = new ObjectMapper().readTree(bytes(file));
            if (config instanceof ObjectNode object) return object;
            throw InputException.at(file, 0, "is no JSON object");
        } catch (JsonProcessingException e) {
            throw InputException.at(file, e.getLocation().getLineNr(), "is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
