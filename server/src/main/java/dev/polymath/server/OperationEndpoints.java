package dev.polymath.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.polymath.task.Embedder;
import dev.polymath.task.Task;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What those who run a server ask it: whether it lives, what it serves, what it has counted. */
final class OperationEndpoints {
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

    private final ServerSettings settings;
    private final Meters meters;
    private final BooleanSupplier stopping;

    OperationEndpoints(ServerSettings settings, Meters meters, BooleanSupplier stopping) {
        this.settings = settings;
        this.meters = meters;
        this.stopping = stopping;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/health", true, this::health),
                Route.get("/ping", true, this::health),
                Route.get("/ready", true, this::health),
                Route.get("/", true, exchange -> {
                    if (!exchange.accepts("text/html") || !PageFiles.send(exchange.context(), "index.html")) {
                        health(exchange);
                    }
                }),
                Route.get("/metrics", true, exchange -> exchange.context()
                        .contentType(METRICS)
                        .result(meters.text())),
                Route.get("/info", false, exchange -> {
                    ServedModel model = exchange.model();
                    exchange.json(json -> info(json, model));
                }),
                Route.get("/openapi.json", true, OperationEndpoints::openApi),
                Route.get("/api-doc/openapi.json", true, OperationEndpoints::openApi));
    }

    private void health(Exchange exchange) {
        if (stopping.getAsBoolean()) throw new Fault(Fault.Kind.STOPPING, "the server is stopping");
        exchange.context().status(200);
    }

    private static void openApi(Exchange exchange) {
        exchange.context().contentType("application/json").result(OpenApi.document());
    }

    /** As TEI has it. */
    private void info(JsonGenerator json, ServedModel model) throws IOException {
        json.writeStartObject();
        json.writeStringField("model_id", model.name());
        json.writeNullField("model_sha");
        json.writeStringField("model_dtype", "float32");
        json.writeStringField("served_model_name", model.name());
        json.writeObjectFieldStart("model_type");
        modelType(json, model);
        json.writeEndObject();
        json.writeNumberField("max_concurrent_requests", settings.batching().queue());
        json.writeNumberField("max_input_length", model.maxTokens());
        json.writeNumberField("max_batch_tokens", settings.batching().tokens());
        json.writeNullField("max_batch_requests");
        json.writeNumberField("max_client_batch_size", settings.limits().texts());
        json.writeBooleanField("auto_truncate", true);
        json.writeNumberField("tokenization_workers", Runtime.getRuntime().availableProcessors());
        json.writeStringField("version", OpenApi.version());
        json.writeNullField("sha");
        json.writeNullField("docker_label");
        json.writeEndObject();
    }

    private static void modelType(JsonGenerator json, ServedModel model) throws IOException {
        if (model.hasEmbedding()) {
            json.writeObjectFieldStart("embedding");
            json.writeStringField(
                    "pooling",
                    model.embedding(null) instanceof Embedder embedder
                            ? embedder.pooling().part().type()
                            : "mean");
            json.writeEndObject();
            return;
        }
        boolean reranks = model.reranking(null) != null;
        List<String> labels = model.tasks().stream()
                .filter(ServedModel::classifies)
                .findFirst()
                .map(Task::labels)
                .orElse(List.of());
        json.writeObjectFieldStart(reranks ? "reranker" : "classifier");
        json.writeObjectFieldStart("id2label");
        for (int i = 0; i < labels.size(); i++) json.writeStringField(String.valueOf(i), labels.get(i));
        json.writeEndObject();
        json.writeObjectFieldStart("label2id");
        for (int i = 0; i < labels.size(); i++) json.writeNumberField(labels.get(i), i);
        json.writeEndObject();
        json.writeEndObject();
    }
}
