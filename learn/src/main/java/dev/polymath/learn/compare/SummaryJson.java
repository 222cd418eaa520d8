package dev.polymath.learn.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A summary as JSON for other programs: its records' fields, {@code significant} beside differences, null for NaN. */
public final class SummaryJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SummaryJson() {}

    /** The summary. */
    public static ObjectNode of(Summary summary) {
        ObjectNode json = JSON.valueToTree(summary);
        for (int i = 0; i < summary.variants().size(); i++) {
            Summary.Row row = summary.variants().get(i);
            JsonNode variant = json.get("variants").get(i);
            row.against()
                    .forEach((task, difference) -> mark(variant.get("against").get(task), difference));
            mark(variant.get("meanAgainst"), row.meanAgainst());
        }
        clean(json);
        return json;
    }

    /** The summary with what it says of a recipe's claim. */
    public static ObjectNode of(Summary summary, Recipe recipe, Verdict verdict) {
        ObjectNode json = of(summary);
        ObjectNode claim = json.putObject("recipe");
        claim.put("name", recipe.name()).put("paper", recipe.paper()).put("claim", recipe.claim());
        claim.set("holds", JSON.valueToTree(recipe.holds()));
        claim.put("verdict", verdict.answer().text()).put("figures", verdict.figures());
        return json;
    }

    private static void mark(JsonNode json, Difference difference) {
        if (json instanceof ObjectNode object) object.put("significant", difference.significant());
    }

    /** JSON has no NaN. */
    private static void clean(JsonNode json) {
        if (json instanceof ObjectNode object) {
            for (String name :
                    object.properties().stream().map(each -> each.getKey()).toList()) {
                if (none(object.get(name))) object.putNull(name);
                else clean(object.get(name));
            }
        } else if (json instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                if (none(array.get(i))) array.setNull(i);
                else clean(array.get(i));
            }
        }
    }

    private static boolean none(JsonNode json) {
        return json.isDouble() && !Double.isFinite(json.doubleValue());
    }
}
