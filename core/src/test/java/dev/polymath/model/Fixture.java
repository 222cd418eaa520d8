package dev.polymath.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;

/** A tiny random backbone, and what transformers makes of some texts with it; see tools/make_backbone_fixtures.py. */
public record Fixture(String name) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One for each architecture. */
    public static List<Fixture> all() {
        return List.of("bert", "roberta", "xlm-roberta", "distilbert", "mpnet", "modernbert").stream()
                .map(Fixture::new)
                .toList();
    }

    public Path folder() {
        try {
            return Path.of(Objects.requireNonNull(Fixture.class.getResource("/backbones/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public byte[] bytes(String file) {
        try {
            return Files.readAllBytes(folder().resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public JsonNode json(String file) {
        try {
            return JSON.readTree(bytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The limit that the texts were cut to, special tokens included. */
    public int maxTokens() {
        return json("reference.json").get("max_tokens").intValue();
    }

    /** The texts and what transformers gave for them: {@code name}, {@code texts}, {@code input_ids}, ... */
    public List<JsonNode> cases() {
        return StreamSupport.stream(json("reference.json").get("cases").spliterator(), false)
                .toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
