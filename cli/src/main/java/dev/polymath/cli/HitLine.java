package dev.polymath.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.search.Hit;
import dev.polymath.search.HitJson;
import java.util.List;

/** Hits as a line of JSON: {@code {"query":"...","hits":[{"id":"7","score":0.03,"title":"...","text":"...",...}]}}. */
final class HitLine {
    private HitLine() {}

    /** @param id of the query, or null */
    static ObjectNode of(String id, String query, List<Hit> hits) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (id != null) json.put("_id", id);
        json.put("query", query);
        ArrayNode list = json.putArray("hits");
        for (Hit hit : hits) list.add(HitJson.of(hit));
        return json;
    }
}
