package dev.polymath.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.polymath.run.Input;
import dev.polymath.run.Prediction;
import dev.polymath.run.Question;
import dev.polymath.task.Task;
import java.io.IOException;
import java.util.List;

/**
 * OpenAI's embeddings and models, and what infinity has beside them: {@code /classify} and {@code /models}. {@code model}
 * may name a task; other names are taken as the model that is served.
 */
final class OpenAiEndpoints {
    private static final int MOST_DIMENSIONS = 1 << 20;
    private static final int MOST_TOKENS = 300_000;

    private final Texts texts;
    private final Batcher batcher;

    OpenAiEndpoints(Texts texts, Batcher batcher) {
        this.texts = texts;
        this.batcher = batcher;
    }

    List<Route> routes() {
        return List.of(
                Route.asking("/v1/embeddings", Dialect.OPENAI, this::embeddings),
                Route.asking("/embeddings", Dialect.OPENAI, this::embeddings),
                Route.asking("/classify", Dialect.OPENAI, this::classify),
                Route.asking("/v1/classify", Dialect.OPENAI, this::classify),
                new Route("GET", "/v1/models", Dialect.OPENAI, false, exchange -> models(exchange, false)),
                new Route("GET", "/models", Dialect.OPENAI, false, exchange -> models(exchange, true)));
    }

    private Plan embeddings(Fields body, ServedModel model) {
        Task task = model.embedding(body.text("model"));
        boolean base64 = body.choice("encoding_format", List.of("float", "base64"), "float")
                .equals("base64");
        int dimensions = body.whole("dimensions", 1, MOST_DIMENSIONS, 0);
        body.text("user");
        List<String> inputs = texts.read(body, "input", model);
        requireFewTokens(inputs, model);
        return Plan.of(Vectors.questions(inputs, task), (json, predictions) -> {
            json.writeStartObject();
            json.writeStringField("object", "list");
            json.writeArrayFieldStart("data");
            for (int i = 0; i < predictions.size(); i++) {
                float[] vector = Vectors.shortened(Vectors.of(predictions.get(i), task), dimensions);
                json.writeStartObject();
                json.writeStringField("object", "embedding");
                json.writeNumberField("index", i);
                json.writeFieldName("embedding");
                if (base64) json.writeString(Vectors.base64(vector));
                else Vectors.write(json, vector);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeStringField("model", model.name());
            usage(json, predictions);
            json.writeEndObject();
        });
    }

    /** A text has no more tokens than characters and two: only requests with very many have to be counted. */
    private static void requireFewTokens(List<String> inputs, ServedModel model) {
        long most = 0;
        for (String text : inputs) most += Math.min(model.maxTokens(), text.length() + 2);
        if (most <= MOST_TOKENS) return;
        long tokens = model.polymath().tokenizer().encodeAll(inputs, model.maxTokens()).stream()
                .mapToLong(encoding -> encoding.length())
                .sum();
        if (tokens > MOST_TOKENS) {
            throw Fault.invalid("`input` has " + tokens + " tokens; send at most " + MOST_TOKENS + " a request");
        }
    }

    private Plan classify(Fields body, ServedModel model) {
        Task task = model.classification(body.text("model"));
        boolean raw = body.flag("raw_scores", false);
        List<String> inputs = texts.strings(body, "input");
        texts.requireNotEmpty("input", inputs);
        if (task.pairs()) throw Fault.invalid("task '" + task.name() + "' reads pairs of texts; /predict takes them");
        List<Question> questions = inputs.stream()
                .map(text -> new Question(Input.of(text), List.of(task.name()), raw))
                .toList();
        return Plan.of(questions, (json, predictions) -> {
            json.writeStartObject();
            json.writeStringField("object", "classify");
            json.writeArrayFieldStart("data");
            for (Prediction each : predictions) LabelScores.write(json, each, task, raw);
            json.writeEndArray();
            RerankEndpoint.closing(json, model, predictions, "classify-");
        });
    }

    private static void usage(JsonGenerator json, List<Prediction> predictions) throws IOException {
        long tokens = predictions.stream().mapToLong(Prediction::tokens).sum();
        json.writeObjectFieldStart("usage");
        json.writeNumberField("prompt_tokens", tokens);
        json.writeNumberField("total_tokens", tokens);
        json.writeEndObject();
    }

    /** @param details whether infinity's fields are there too */
    private void models(Exchange exchange, boolean details) throws IOException {
        ServedModel model = exchange.model();
        exchange.json(json -> {
            json.writeStartObject();
            json.writeStringField("object", "list");
            json.writeArrayFieldStart("data");
            json.writeStartObject();
            json.writeStringField("id", model.name());
            json.writeStringField("object", "model");
            json.writeNumberField("created", model.loadedSeconds());
            json.writeStringField("owned_by", "polymath");
            if (details) details(json, model);
            json.writeEndObject();
            json.writeEndArray();
            if (details) json.writeNumberField("created", System.currentTimeMillis() / 1000);
            json.writeEndObject();
        });
    }

    private void details(JsonGenerator json, ServedModel model) throws IOException {
        int waiting = batcher.waiting();
        json.writeObjectFieldStart("stats");
        json.writeNumberField("queue_fraction", (double) waiting / batcher.capacity());
        json.writeNumberField("queue_absolute", waiting);
        json.writeNumberField("results_pending", waiting);
        json.writeNumberField("batch_size", batcher.passTokens());
        json.writeEndObject();
        json.writeStringField("backend", "onnxruntime");
        json.writeArrayFieldStart("capabilities");
        if (model.hasEmbedding()) json.writeString("embed");
        if (model.tasks().stream().anyMatch(ServedModel::classifies)) json.writeString("classify");
        if (model.hasEmbedding() || model.reranking(null) != null) json.writeString("rerank");
        json.writeEndArray();
    }
}
