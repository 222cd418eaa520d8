package dev.polymath.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The files that tools/make_safetensors_fixture.py wrote with the reference implementation. */
final class Fixture {
    private Fixture() {}

    static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(Fixture.class.getResource("/weights/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(file(name).toFile());
    }
}
