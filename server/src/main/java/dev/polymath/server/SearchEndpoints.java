package dev.polymath.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.polymath.data.Passage;
import dev.polymath.run.Input;
import dev.polymath.run.Prediction;
import dev.polymath.run.Question;
import dev.polymath.search.Hit;
import dev.polymath.search.HitJson;
import dev.polymath.search.SearchMode;
import dev.polymath.search.SearchQuery;
import dev.polymath.task.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Search in the served index: {@code POST /v1/search}, and {@code GET /v1/index}, which says what it is. The query's vector, and
 * the pairs that are read to rank hits anew, are computed by the batcher, in passes that they share with other requests' texts;
 * the index itself is walked by the threads that write answers.
 */
final class SearchEndpoints {
    /** Candidates of hybrid search, at least, as {@link SearchQuery} has it. */
    private static final int LEAST_CANDIDATES = 100;

    private static final double NANOS_A_MILLISECOND = 1e6;

    private final Texts texts;

    SearchEndpoints(Texts texts) {
        this.texts = texts;
    }

    List<Route> routes() {
        return List.of(
                Route.asking("/v1/search", Dialect.TEI, this::search), Route.get("/v1/index", false, exchange -> {
                    ServedIndex index = index(exchange.model());
                    exchange.json(index::write);
                }));
    }

    private static ServedIndex index(ServedModel model) {
        if (model.index() != null) return model.index();
        throw new Fault(
                Fault.Kind.NOT_FOUND,
                "no index is served; start the server with --index INDEX ('polymath index' makes one)");
    }

    private Plan search(Fields body, ServedModel model) {
        long begun = System.nanoTime();
        ServedIndex index = index(model);
        SearchRequest request = SearchRequest.of(body, texts, index);
        SearchQuery query = request.query();
        boolean lexical = query.mode() == SearchMode.LEXICAL;
        Question text =
                new Question(Input.of(query.text()), List.of(index.task().name()), false, index.cut());
        List<Question> vector = lexical ? List.of() : List.of(text);
        if (request.first() > 0 && index.compares(request.reranker())) return comparing(request, index, vector, begun);
        return Plan.then(vector, predictions -> {
            List<Hit> hits = found(index, request, lexical ? null : Vectors.of(predictions.get(0), index.task()));
            if (request.first() == 0 || hits.isEmpty()) return Plan.of(json -> write(json, hits, begun));
            List<Hit> read = hits.subList(0, Math.min(request.first(), hits.size()));
            return Plan.of(
                    pairs(query.text(), read, request.reranker()),
                    (json, scores) -> write(json, reranked(hits, scores, request), begun));
        });
    }

    /** By what the index keeps of passages, and the query, which is read in a pass of its own. */
    private static Plan comparing(SearchRequest request, ServedIndex index, List<Question> vector, long begun) {
        SearchQuery query = request.query()
                .candidates(Math.max(2 * request.query().top(), LEAST_CANDIDATES))
                .reranked(new SearchQuery.Reranking(request.first(), request.reranker()));
        return Plan.then(vector, predictions -> {
            float[] own = vector.isEmpty() ? null : Vectors.of(predictions.get(0), index.task());
            return Plan.calling(List.of(query.text()), model -> {
                List<Hit> hits = index.index().search(query, own);
                return json -> write(json, hits, begun);
            });
        });
    }

    /** As many hits as are shown, or ranked anew. */
    private static List<Hit> found(ServedIndex index, SearchRequest request, float[] vector) {
        int top = request.query().top();
        SearchQuery query = request.query().candidates(Math.max(2 * top, LEAST_CANDIDATES));
        return index.index().search(query.top(Math.max(top, request.first())), vector);
    }

    private static List<Question> pairs(String query, List<Hit> read, String task) {
        return read.stream()
                .map(hit -> Passage.of(hit.id(), hit.title(), hit.text()).whole())
                .map(text -> new Question(new Input(query, text), List.of(task)))
                .toList();
    }

    /** Those that were read in the order of their scores, and the others behind them, each by 1 lower, as in process. */
    private static List<Hit> reranked(List<Hit> hits, List<Prediction> predictions, SearchRequest request) {
        List<Hit> anew = new ArrayList<>();
        for (int i = 0; i < predictions.size(); i++) {
            double score = ((Answer.Value) predictions.get(i).answers().get(request.reranker())).value();
            anew.add(hits.get(i).reranked(score, score));
        }
        // Stable: where the task finds two equal, they stay as they were.
        anew.sort(Comparator.comparingDouble(Hit::score).reversed());
        double last = anew.get(anew.size() - 1).score();
        for (Hit each : hits.subList(predictions.size(), hits.size())) anew.add(each.reranked(--last, Double.NaN));
        return anew.subList(0, Math.min(request.query().top(), anew.size()));
    }

    private static void write(JsonGenerator json, List<Hit> hits, long begun) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("hits");
        for (Hit hit : hits) json.writeTree(HitJson.of(hit));
        json.writeEndArray();
        json.writeNumberField("took_ms", (System.nanoTime() - begun) / NANOS_A_MILLISECOND);
        json.writeEndObject();
    }
}
