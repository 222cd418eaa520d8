package dev.polymath.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.search.Hit;
import dev.polymath.search.Stretch;
import java.util.List;

/** Hits as a line of JSON: {@code {"query":"...","hits":[{"id":"7","score":0.03,"title":"...","text":"...",...}]}}. */
final class HitJson {
    private HitJson() {}

    /** @param id of the query, or null */
    static ObjectNode of(String id, String query, List<Hit> hits) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (id != null) json.put("_id", id);
        json.put("query", query);
        ArrayNode list = json.putArray("hits");
        for (Hit hit : hits) write(hit, list.addObject());
        return json;
    }

    private static void write(Hit hit, ObjectNode json) {
        json.put("id", hit.id()).put("score", hit.score()).put("title", hit.title());
        json.put("text", hit.text());
        json.put("start", hit.place().start()).put("end", hit.place().end());
        ObjectNode fields = json.putObject("fields");
        hit.fields().forEach((name, values) -> {
            if (values.size() == 1) fields.put(name, values.get(0));
            else values.forEach(fields.putArray(name)::add);
        });
        if (!hit.snippets().isEmpty()) {
            ArrayNode snippets = json.putArray("snippets");
            for (Hit.Snippet snippet : hit.snippets()) {
                ArrayNode marks =
                        snippets.addObject().put("text", snippet.text()).putArray("marks");
                for (Stretch mark : snippet.marks())
                    marks.addArray().add(mark.start()).add(mark.end());
            }
        }
        if (hit.explanation() != null) write(hit.explanation(), json.putObject("explanation"));
    }

    private static void write(Hit.Explanation explanation, ObjectNode json) {
        if (explanation.words() != null) {
            ObjectNode words = json.putObject("lexical");
            words.put("rank", explanation.words().rank())
                    .put("bm25", explanation.words().score());
            explanation.words().terms().forEach(words.putObject("terms")::put);
        }
        if (explanation.meaning() != null) {
            json.putObject("dense")
                    .put("rank", explanation.meaning().rank())
                    .put("similarity", explanation.meaning().similarity());
        }
        if (!Double.isNaN(explanation.fused())) json.put("fused", explanation.fused());
        if (!Double.isNaN(explanation.reranked())) json.put("reranked", explanation.reranked());
    }
}
