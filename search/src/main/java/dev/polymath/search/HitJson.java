package dev.polymath.search;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A hit as an object of JSON, in the one form that the command prints and the server answers: {@code
 * {"id":"7","score":0.03,"title":"...","text":"...","start":0,"end":9,"fields":{...}}}, and with {@code highlights} and {@code
 * explanation} where it has them. Places count UTF-16 units.
 */
public final class HitJson {
    private HitJson() {}

    /** A field with one value is a string, with several a list. */
    public static ObjectNode of(Hit hit) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", hit.id()).put("score", hit.score()).put("title", hit.title());
        json.put("text", hit.text());
        json.put("start", hit.place().start()).put("end", hit.place().end());
        ObjectNode fields = json.putObject("fields");
        hit.fields().forEach((name, values) -> {
            if (values.size() == 1) fields.put(name, values.get(0));
            else values.forEach(fields.putArray(name)::add);
        });
        if (!hit.snippets().isEmpty()) {
            ArrayNode snippets = json.putArray("highlights");
            for (Hit.Snippet snippet : hit.snippets()) {
                ArrayNode marks =
                        snippets.addObject().put("text", snippet.text()).putArray("marks");
                for (Stretch mark : snippet.marks())
                    marks.addArray().add(mark.start()).add(mark.end());
            }
        }
        if (hit.explanation() != null) write(hit.explanation(), json.putObject("explanation"));
        return json;
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
