package dev.polymath.server;

import dev.polymath.InputException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/** A line of JSON a request, added to a file. Texts are never in it. Thread-safe. */
final class AccessLog implements AutoCloseable {
    private final BufferedWriter writer;

    /**
     * @param file made if it is not there; null for no log
     * @throws InputException if it cannot be written to
     */
    AccessLog(Path file) {
        try {
            writer = file == null
                    ? null
                    : Files.newBufferedWriter(
                            file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new InputException("the access log " + file + " cannot be written: " + e.getMessage(), e);
        }
    }

    void add(Exchange exchange, int status) {
        if (writer == null) return;
        try {
            String line = new String(
                    StrictBody.written(json -> {
                        json.writeStartObject();
                        json.writeStringField("time", Instant.now().toString());
                        json.writeStringField("id", exchange.id());
                        json.writeStringField("from", exchange.context().req().getRemoteAddr());
                        json.writeStringField("method", exchange.context().req().getMethod());
                        json.writeStringField("path", exchange.context().req().getRequestURI());
                        json.writeNumberField("status", status);
                        json.writeNumberField("ms", millis(System.nanoTime() - exchange.started()));
                        if (exchange.computes()) {
                            json.writeNumberField("queue_ms", millis(exchange.queueNanos()));
                            json.writeNumberField("inference_ms", millis(exchange.inferenceNanos()));
                            json.writeNumberField("texts", exchange.texts());
                            json.writeNumberField("tokens", exchange.tokens());
                        }
                        if (!exchange.failure().isEmpty()) json.writeStringField("failure", exchange.failure());
                        json.writeEndObject();
                    }),
                    StandardCharsets.UTF_8);
            synchronized (this) {
                writer.write(line);
                writer.write('\n');
                writer.flush();
            }
        } catch (IOException e) {
            // A full disk must not keep requests from their answers.
        }
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e4) / 100.0;
    }

    @Override
    public synchronized void close() {
        try {
            if (writer != null) writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
