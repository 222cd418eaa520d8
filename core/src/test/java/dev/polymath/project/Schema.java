package dev.polymath.project;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** As much of JSON Schema (draft 2020-12) as the project's schema uses; a keyword that it does not know is an error. */
final class Schema {
    private final JsonNode root;

    Schema(JsonNode root) {
        this.root = root;
    }

    /** What is wrong with a value, each with its path; empty if it fits. */
    List<String> problems(JsonNode value) {
        List<String> problems = new ArrayList<>();
        check(root, value, "", problems);
        return problems;
    }

    private boolean fits(JsonNode schema, JsonNode value) {
        List<String> problems = new ArrayList<>();
        check(schema, value, "", problems);
        return problems.isEmpty();
    }

    private void check(JsonNode schema, JsonNode value, String path, List<String> problems) {
        for (Map.Entry<String, JsonNode> rule : schema.properties()) {
            JsonNode wanted = rule.getValue();
            boolean good =
                    switch (rule.getKey()) {
                        case "$schema", "$defs", "title", "description", "default", "then", "properties" -> true;
                        case "$ref" -> refer(wanted.asText(), value, path, problems);
                        case "type" -> isOneOf(wanted, value);
                        case "enum" -> contains(wanted, value);
                        case "const" -> wanted.equals(value);
                        case "required" -> !value.isObject() || hasAll(wanted, value);
                        case "additionalProperties" -> additional(schema, wanted, value, path, problems);
                        case "propertyNames" -> names(wanted, value);
                        case "minProperties" -> !value.isObject() || value.size() >= wanted.asInt();
                        case "minLength" -> !value.isTextual() || value.asText().length() >= wanted.asInt();
                        case "minItems" -> !value.isArray() || value.size() >= wanted.asInt();
                        case "uniqueItems" -> !value.isArray() || unique(value);
                        case "minimum" -> !value.isNumber() || value.asDouble() >= wanted.asDouble();
                        case "maximum" -> !value.isNumber() || value.asDouble() <= wanted.asDouble();
                        case "exclusiveMinimum" -> !value.isNumber() || value.asDouble() > wanted.asDouble();
                        case "exclusiveMaximum" -> !value.isNumber() || value.asDouble() < wanted.asDouble();
                        case "items" -> each(wanted, value, path, problems);
                        case "anyOf" -> any(wanted, value);
                        case "allOf" -> all(wanted, value, path, problems);
                        case "if" -> !fits(wanted, value) || refer(schema.get("then"), value, path, problems);
                        default -> throw new AssertionError("unknown keyword " + rule.getKey());
                    };
            if (!good) problems.add(path + ": " + rule.getKey());
        }
        for (Map.Entry<String, JsonNode> each : schema.path("properties").properties()) {
            if (value.has(each.getKey())) {
                check(each.getValue(), value.get(each.getKey()), path + "/" + each.getKey(), problems);
            }
        }
    }

    private boolean refer(String reference, JsonNode value, String path, List<String> problems) {
        return refer(root.at(reference.substring(1)), value, path, problems);
    }

    private boolean refer(JsonNode schema, JsonNode value, String path, List<String> problems) {
        check(schema, value, path, problems);
        return true;
    }

    private static boolean isOneOf(JsonNode types, JsonNode value) {
        if (types.isTextual()) return is(types.asText(), value);
        for (JsonNode type : types) if (is(type.asText(), value)) return true;
        return false;
    }

    private static boolean is(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            default -> throw new AssertionError("unknown type " + type);
        };
    }

    private static boolean contains(JsonNode list, JsonNode value) {
        for (JsonNode each : list) if (each.equals(value)) return true;
        return false;
    }

    private static boolean hasAll(JsonNode names, JsonNode value) {
        for (JsonNode name : names) if (!value.has(name.asText())) return false;
        return true;
    }

    private boolean additional(JsonNode schema, JsonNode wanted, JsonNode value, String path, List<String> problems) {
        for (Map.Entry<String, JsonNode> each : value.properties()) {
            if (schema.path("properties").has(each.getKey())) continue;
            if (wanted.isBoolean()) problems.add(path + "/" + each.getKey() + ": additionalProperties");
            else check(wanted, each.getValue(), path + "/" + each.getKey(), problems);
        }
        return true;
    }

    private static boolean names(JsonNode wanted, JsonNode value) {
        for (Map.Entry<String, JsonNode> each : value.properties()) {
            if (!each.getKey().matches(wanted.get("pattern").asText())) return false;
        }
        return true;
    }

    private static boolean unique(JsonNode list) {
        return java.util.stream.StreamSupport.stream(list.spliterator(), false)
                        .distinct()
                        .count()
                == list.size();
    }

    private boolean each(JsonNode wanted, JsonNode value, String path, List<String> problems) {
        for (JsonNode item : value) check(wanted, item, path, problems);
        return true;
    }

    private boolean any(JsonNode choices, JsonNode value) {
        for (JsonNode choice : choices) if (fits(choice, value)) return true;
        return false;
    }

    private boolean all(JsonNode schemas, JsonNode value, String path, List<String> problems) {
        for (JsonNode schema : schemas) check(schema, value, path, problems);
        return true;
    }
}
