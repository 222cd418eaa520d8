package dev.polymath.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;

/** A backbone's {@code config.json}, read strictly: a missing or impossible value is an {@link InputException}. */
final class Config {
    private final JsonNode node;

    Config(JsonNode node) {
        this.node = node;
    }

    /** A whole number above 0 that has to be there. */
    int size(String key) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) throw new InputException("config.json has no '" + key + "'");
        return size(key, value);
    }

    /** A whole number above 0, or what holds where it is not given. */
    int size(String key, int otherwise) {
        JsonNode value = node.path(key);
        return value.isMissingNode() || value.isNull() ? otherwise : size(key, value);
    }

    /** A whole number of 0 or more (a token id, say), or what holds where it is not given. */
    int index(String key, int otherwise) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) return otherwise;
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < 0) throw wrong(key, value);
        return value.intValue();
    }

    double number(String key, double otherwise) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) return otherwise;
        if (!value.isNumber()) throw wrong(key, value);
        return value.doubleValue();
    }

    String text(String key, String otherwise) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) return otherwise;
        if (!value.isTextual()) throw wrong(key, value);
        return value.textValue();
    }

    boolean flag(String key, boolean otherwise) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) return otherwise;
        if (!value.isBoolean()) throw wrong(key, value);
        return value.booleanValue();
    }

    /** The part of the file under a key; empty where there is none. */
    Config under(String key) {
        return new Config(node.path(key));
    }

    /** The value itself; a missing node where there is none. */
    JsonNode get(String key) {
        return node.path(key);
    }

    InputException wrong(String key, JsonNode value) {
        return new InputException("config.json has '" + key + "': " + value + ", which no backbone can have");
    }

    private int size(String key, JsonNode value) {
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < 1) throw wrong(key, value);
        return value.intValue();
    }
}
