package dev.polymath.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.Nearest;
import dev.polymath.search.Filter;
import dev.polymath.search.SearchMode;
import dev.polymath.search.SearchQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What {@code POST /v1/search} asks.
 *
 * @param query without re-ranking, which the batcher computes
 * @param first how many hits are ranked anew; 0 for none
 * @param reranker the task that does; null where none is asked for
 */
record SearchRequest(SearchQuery query, int first, String reranker) {
    private static final int MOST_HITS = 1000;
    /** As many texts as one request of other endpoints would be slow with. */
    private static final int MOST_RERANKED = 200;

    private static final int MOST_FILTERS = 32;
    private static final int SNIPPETS = 2;
    private static final int TOP = 10;

    /** @throws Fault if a field is not as it must be */
    static SearchRequest of(Fields body, Texts texts, ServedIndex index) {
        body.only("query", "mode", "top", "filter", "rerank", "rerank_task", "highlight", "explain");
        String text = body.requiredText("query");
        if (text.isBlank()) throw new Fault(Fault.Kind.EMPTY, "`query` cannot be empty");
        texts.checked("query", List.of(text));
        SearchQuery query = SearchQuery.of(text)
                .mode(SearchMode.named(body.choice("mode", ServedIndex.modes(), SearchMode.HYBRID.key())))
                .top(body.whole("top", 1, MOST_HITS, TOP))
                .highlighted(body.flag("highlight", true) ? SNIPPETS : 0);
        if (body.flag("explain", false)) query = query.explained();
        if (body.has("filter")) for (Filter each : filters(body.object("filter"))) query = query.where(each);
        int first = body.whole("rerank", 0, MOST_RERANKED, 0);
        String reranker = body.text("rerank_task");
        if (first == 0 && reranker != null) {
            throw Fault.invalid(
                    "`rerank_task` is '" + Fields.shortened(reranker) + "'; it needs `rerank`, a number of hits");
        }
        return new SearchRequest(query, first, first == 0 ? null : reranker(reranker, index));
    }

    private static String reranker(String named, ServedIndex index) {
        List<String> fit = index.rerankers();
        if (fit.isEmpty()) {
            throw new Fault(
                    Fault.Kind.NOT_OF_THIS_MODEL,
                    "`rerank` needs a task that reads pairs and gives a number (type rerank, or regress on pairs), and the"
                            + " model has none");
        }
        if (named == null && fit.size() == 1) return fit.get(0);
        if (named == null) {
            throw Fault.invalid(
                    "several tasks could rank hits anew; name one with `rerank_task`: " + String.join(", ", fit));
        }
        if (fit.contains(named)) return named;
        throw Fault.invalid("`rerank_task` is '" + Fields.shortened(named) + "'; " + Nearest.suggest(named, fit));
    }

    private static List<Filter> filters(Fields fields) {
        if (fields.json().size() > MOST_FILTERS) {
            throw Fault.invalid("`filter` has " + fields.json().size() + " fields; at most " + MOST_FILTERS
                    + " can be filtered by");
        }
        List<Filter> filters = new ArrayList<>();
        for (Map.Entry<String, JsonNode> each : fields.json().properties()) {
            String place = "filter." + Fields.shortened(each.getKey());
            JsonNode value = each.getValue();
            if (value.isObject()) filters.add(range(place, each.getKey(), fields.object(each.getKey())));
            else if (value.isValueNode() && !value.isNull()) filters.add(new Filter.Is(each.getKey(), value.asText()));
            else throw Fields.wrong(place, "a string, a number, true or false, or {\"from\":..,\"to\":..}", value);
        }
        return filters;
    }

    private static Filter range(String place, String field, Fields ends) {
        for (String name : (Iterable<String>) () -> ends.json().fieldNames()) {
            if (!name.equals("from") && !name.equals("to")) {
                throw Fault.invalid("unknown field `" + place + "." + Fields.shortened(name)
                        + "`; a range has `from` and `to`, or one of them");
            }
        }
        if (!ends.has("from") && !ends.has("to")) {
            throw Fault.invalid("`" + place + "` has neither `from` nor `to`; a range needs one of them");
        }
        double from = end(place, "from", ends, Double.NEGATIVE_INFINITY);
        double to = end(place, "to", ends, Double.POSITIVE_INFINITY);
        if (from > to) throw Fault.invalid("`" + place + "` is from " + from + " to " + to + "; no number lies there");
        return new Filter.Between(field, from, to);
    }

    private static double end(String place, String name, Fields ends, double open) {
        if (!ends.has(name)) return open;
        JsonNode value = ends.required(name);
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw Fields.wrong(place + "." + name, "a number", value);
        }
        return value.doubleValue();
    }
}
