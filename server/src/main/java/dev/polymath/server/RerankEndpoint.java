package dev.polymath.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.polymath.run.Input;
import dev.polymath.run.Prediction;
import dev.polymath.run.Question;
import dev.polymath.task.Answer;
import dev.polymath.task.Cosine;
import dev.polymath.task.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * {@code POST /rerank}, in two dialects: with {@code texts} TEI's, with {@code documents} Cohere's, as infinity has it.
 * Texts are scored by the model's rerank task, its output through a sigmoid unless raw scores are asked for; where there is
 * none, by the cosine of the vectors of query and text.
 */
final class RerankEndpoint {
    private final Texts texts;

    RerankEndpoint(Texts texts) {
        this.texts = texts;
    }

    List<Route> routes() {
        return List.of(
                Route.asking("/rerank", Dialect.TEI, this::either),
                Route.asking("/v1/rerank", Dialect.OPENAI, this::either));
    }

    private record Ranked(int index, String text, double score) {}

    /** What to ask, and how to rank by the predictions. */
    private record Ranking(List<Question> questions, Scores scores) {}

    @FunctionalInterface
    private interface Scores {
        double of(List<Prediction> predictions, int index);
    }

    private Plan either(Fields body, ServedModel model) {
        if (body.has("documents") && !body.has("texts")) return cohere(body, model);
        return tei(body, model);
    }

    Plan tei(Fields body, ServedModel model) {
        String query = body.requiredText("query");
        List<String> ranked = texts.strings(body, "texts");
        Truncation truncation = Truncation.of(body);
        boolean withText = body.flag("return_text", false);
        Ranking ranking = ranking(query, ranked, body, model, truncation);
        return Plan.of(ranking.questions, (json, predictions) -> {
            truncation.check(predictions, model);
            json.writeStartArray();
            for (Ranked each : sorted(ranked, predictions, ranking.scores)) {
                json.writeStartObject();
                json.writeNumberField("index", each.index);
                if (withText) json.writeStringField("text", each.text);
                json.writeNumberField("score", (float) each.score);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private Plan cohere(Fields body, ServedModel model) {
        String query = body.requiredText("query");
        List<String> ranked = texts.strings(body, "documents");
        int most = body.whole("top_n", 1, Integer.MAX_VALUE, ranked.size());
        boolean withText = body.flag("return_documents", false);
        Ranking ranking = ranking(query, ranked, body, model, new Truncation(true, false));
        return Plan.of(ranking.questions, (json, predictions) -> {
            List<Ranked> best = sorted(ranked, predictions, ranking.scores);
            json.writeStartObject();
            json.writeStringField("object", "rerank");
            json.writeArrayFieldStart("results");
            for (Ranked each : best.subList(0, Math.min(most, best.size()))) {
                json.writeStartObject();
                json.writeNumberField("relevance_score", (float) each.score);
                json.writeNumberField("index", each.index);
                if (withText) json.writeStringField("document", each.text);
                json.writeEndObject();
            }
            json.writeEndArray();
            closing(json, model, predictions, "rerank-");
        });
    }

    /** The fields with which infinity's answers end. */
    static void closing(JsonGenerator json, ServedModel model, List<Prediction> predictions, String prefix)
            throws IOException {
        json.writeStringField("model", model.name());
        long tokens = predictions.stream().mapToLong(Prediction::tokens).sum();
        json.writeObjectFieldStart("usage");
        json.writeNumberField("prompt_tokens", tokens);
        json.writeNumberField("total_tokens", tokens);
        json.writeEndObject();
        json.writeStringField("id", prefix + UUID.randomUUID());
        json.writeNumberField("created", System.currentTimeMillis() / 1000);
        json.writeEndObject();
    }

    private Ranking ranking(String query, List<String> ranked, Fields body, ServedModel model, Truncation truncation) {
        texts.requireNotEmpty("query", List.of(query));
        texts.requireNotEmpty("texts", ranked);
        texts.checked("query", List.of(query));
        boolean raw = body.flag("raw_scores", false);
        Task reranker = model.reranking(body.text("model"));
        if (reranker != null) {
            List<Question> questions = ranked.stream()
                    .map(text -> new Question(new Input(query, text), List.of(reranker.name()), true))
                    .toList();
            return new Ranking(questions, (predictions, i) -> score(predictions.get(i), reranker, raw));
        }
        Task embedding = model.embedding(body.text("model"));
        List<String> all = new ArrayList<>(List.of(query));
        all.addAll(ranked);
        return new Ranking(
                Vectors.questions(truncation.applied(all, model), embedding),
                (predictions, i) -> Cosine.of(
                        Vectors.of(predictions.get(0), embedding), Vectors.of(predictions.get(i + 1), embedding)));
    }

    private static double score(Prediction prediction, Task task, boolean raw) {
        float[] outputs = prediction.raw().get(task.name());
        if (outputs.length == 1) return raw ? outputs[0] : 1 / (1 + Math.exp(-outputs[0]));
        return ((Answer.Value) prediction.answers().get(task.name())).value();
    }

    private static List<Ranked> sorted(List<String> ranked, List<Prediction> predictions, Scores scores) {
        List<Ranked> all = new ArrayList<>();
        for (int i = 0; i < ranked.size(); i++) all.add(new Ranked(i, ranked.get(i), scores.of(predictions, i)));
        all.sort(Comparator.comparingDouble(Ranked::score).reversed());
        return all;
    }
}
