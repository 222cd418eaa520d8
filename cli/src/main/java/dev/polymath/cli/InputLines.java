package dev.polymath.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.InputException;
import dev.polymath.run.Input;
import java.nio.file.Path;

/**
 * Lines to predict for: plain texts, or JSON objects with {@code text} and perhaps {@code text2}. The file's name
 * ({@code .jsonl}) or its first line (an object with {@code text}) says which.
 */
final class InputLines {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Path file;
    private Boolean json;
    private long line;

    InputLines(Path file) {
        this.file = file;
        if (file.toString().endsWith(".jsonl")) json = true;
    }

    /** @throws InputException if the lines are JSON and this one is not an object with a text */
    Input parse(String text) {
        line++;
        if (json == null) json = looksLikeJson(text);
        if (!json) return new Input(text, null);
        try {
            JsonNode object = JSON.readTree(text);
            JsonNode first = object == null ? null : object.get("text");
            if (first == null || !first.isTextual()) throw fault("there is no \"text\" in " + shortened(text));
            JsonNode second = object.get("text2");
            if (second == null || second.isNull()) return new Input(first.asText(), null);
            if (!second.isTextual()) throw fault("\"text2\" is not a text in " + shortened(text));
            return new Input(first.asText(), second.asText());
        } catch (JsonProcessingException e) {
            throw fault("not JSON: " + e.getOriginalMessage());
        }
    }

    InputException fault(String message) {
        return InputException.at(file, Math.max(1, line), message);
    }

    private static boolean looksLikeJson(String text) {
        if (!text.stripLeading().startsWith("{")) return false;
        try {
            JsonNode object = JSON.readTree(text);
            return object.isObject() && object.has("text");
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
