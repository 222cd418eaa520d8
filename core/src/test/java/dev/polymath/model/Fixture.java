package dev.polymath.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A tiny random backbone, and what transformers makes of some texts with it; see tools/make_backbone_fixtures.py. */
public record Fixture(String name) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, Path> FOLDERS = new ConcurrentHashMap<>();

    /** One for each architecture. */
    public static List<Fixture> all() {
        return List.of("bert", "roberta", "xlm-roberta", "distilbert", "mpnet", "modernbert").stream()
                .map(Fixture::new)
                .toList();
    }

    /** Where its files are; unpacked first where another module reads them from this one's jar of tests. */
    public Path folder() {
        return FOLDERS.computeIfAbsent(name, fixture -> {
            URL found = Objects.requireNonNull(Fixture.class.getResource("/backbones/" + fixture));
            try {
                return found.getProtocol().equals("jar") ? unpacked(found.toURI(), fixture) : Path.of(found.toURI());
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static Path unpacked(URI jar, String fixture) throws IOException {
        Path parent = Files.createTempDirectory("backbones");
        Path folder = Files.createDirectory(parent.resolve(fixture));
        parent.toFile().deleteOnExit();
        folder.toFile().deleteOnExit();
        try (FileSystem files = FileSystems.newFileSystem(jar, Map.of());
                Stream<Path> all = Files.list(files.getPath("/backbones", fixture))) {
            for (Path file : all.toList()) {
                Path copy = folder.resolve(file.getFileName().toString());
                Files.copy(file, copy);
                copy.toFile().deleteOnExit();
            }
        }
        return folder;
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
