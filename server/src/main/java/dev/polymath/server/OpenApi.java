package dev.polymath.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The description of all endpoints, OpenAPI 3: written by hand, {@code openapi.json} on the class path. */
final class OpenApi {
    private OpenApi() {}

    static byte[] document() {
        try (InputStream file = OpenApi.class.getResourceAsStream("openapi.json")) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The program's version, from the jar's manifest. */
    static String version() {
        String version = OpenApi.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
