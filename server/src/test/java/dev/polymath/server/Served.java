package dev.polymath.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.pooling.Poolings;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Polymath;
import dev.polymath.run.TinyModel;
import dev.polymath.task.Embedder;
import dev.polymath.task.Task;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A running server, and what it answers. */
record Served(PolymathServer server, HttpClient client) implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();

    /** On any free port, with settings for tests. */
    static Served start(Path model, ServerSettings settings) {
        return new Served(
                PolymathServer.start(model, settings.onPort(0), (request, failure) -> failure.printStackTrace()),
                HttpClient.newHttpClient());
    }

    static Served start(Path model) {
        return start(model, ServerSettings.DEFAULT);
    }

    static ServerSettings with(ServerSettings.Batching batching) {
        return with(batching, ServerSettings.Limits.DEFAULT);
    }

    static ServerSettings with(ServerSettings.Batching batching, ServerSettings.Limits limits) {
        return new ServerSettings(
                "127.0.0.1", 0, batching, limits, Polymath.Settings.DEFAULT.withThreads(1), null, null, null);
    }

    /** A small random model of six tasks, and one more, {@code same}, that gives vectors. */
    static Path tiny(Path folder, long seed) {
        List<Task> tasks = new ArrayList<>(TinyModel.tasks());
        tasks.add(new Embedder("same", Poolings.MEAN));
        ModelFolder.write(folder, TinyModel.contents(seed, tasks));
        return folder;
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.address() + path)).timeout(Duration.ofSeconds(30));
    }

    HttpRequest.Builder posting(String path, String body) {
        return request(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> later(HttpRequest.Builder request) {
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(posting(path, body));
    }

    /** What an endpoint answers to a body with double quotes for single ones; it must be 200. */
    JsonNode ask(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = post(path, body.replace('\'', '"'));
        if (response.statusCode() != 200) {
            throw new AssertionError(path + " " + body + ": " + response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /** The status and the error of what an endpoint refuses. */
    String refusal(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = post(path, body.replace('\'', '"'));
        return response.statusCode() + " " + response.body();
    }

    @Override
    public void close() {
        server.close();
    }
}
