package dev.polymath.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.Nearest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The fields of a JSON object in a request. A field that is null counts as absent. What is wrong is a {@link Fault} that
 * names the field and its value.
 */
record Fields(ObjectNode json) {
    private static final int SHOWN = 40;

    /** Whether the field is there. */
    boolean has(String name) {
        return json.hasNonNull(name);
    }

    /** @throws Fault if the field is absent */
    JsonNode required(String name) {
        if (has(name)) return json.get(name);
        throw Fault.invalid("missing field `" + name + "`");
    }

    /** A text; null where it is absent. */
    String text(String name) {
        if (!has(name)) return null;
        JsonNode value = json.get(name);
        if (value.isTextual()) return value.textValue();
        throw wrong(name, "a string", value);
    }

    /** @throws Fault if the text is absent */
    String requiredText(String name) {
        required(name);
        return text(name);
    }

    boolean flag(String name, boolean standard) {
        if (!has(name)) return standard;
        JsonNode value = json.get(name);
        if (value.isBoolean()) return value.booleanValue();
        throw wrong(name, "true or false", value);
    }

    /** A whole number; {@code standard} where it is absent. */
    int whole(String name, int least, int most, int standard) {
        if (!has(name)) return standard;
        JsonNode value = json.get(name);
        if (value.isInt() && value.intValue() >= least && value.intValue() <= most) return value.intValue();
        throw wrong(name, "a whole number from " + least + " to " + most, value);
    }

    /** One of some texts; {@code standard} where it is absent. */
    String choice(String name, List<String> choices, String standard) {
        String value = text(name);
        if (value == null) return standard;
        if (choices.contains(value)) return value;
        throw Fault.invalid("`" + name + "` is '" + shortened(value) + "'; " + Nearest.suggest(value, choices));
    }

    /** A list of texts. */
    List<String> texts(String name) {
        JsonNode list = required(name);
        if (!list.isArray()) throw wrong(name, "a list of strings", list);
        List<String> texts = new ArrayList<>(list.size());
        for (JsonNode each : list) {
            if (!each.isTextual()) throw wrong(name + "[" + texts.size() + "]", "a string", each);
            texts.add(each.textValue());
        }
        return texts;
    }

    /** An object. */
    Fields object(String name) {
        if (required(name) instanceof ObjectNode object) return new Fields(object);
        throw wrong(name, "an object", json.get(name));
    }

    /** A list of objects. */
    List<Fields> objects(String name) {
        JsonNode list = required(name);
        if (!list.isArray()) throw wrong(name, "a list of objects", list);
        List<Fields> objects = new ArrayList<>(list.size());
        for (JsonNode each : list) {
            if (!(each instanceof ObjectNode object)) {
                throw wrong(name + "[" + objects.size() + "]", "an object", each);
            }
            objects.add(new Fields(object));
        }
        return objects;
    }

    /** @throws Fault if there is a field of another name */
    void only(String... names) {
        for (Iterator<String> each = json.fieldNames(); each.hasNext(); ) {
            String name = each.next();
            if (!List.of(names).contains(name)) {
                throw Fault.invalid(
                        "unknown field `" + shortened(name) + "`; " + Nearest.suggest(shortened(name), List.of(names)));
            }
        }
    }

    static Fault wrong(String name, String wanted, JsonNode value) {
        return Fault.invalid("`" + name + "` must be " + wanted + "; it is " + described(value));
    }

    /** A value in words, cut short. */
    static String described(JsonNode value) {
        if (value.isArray()) return "a list of " + value.size();
        if (value.isObject()) return "an object";
        if (value.isTextual()) return "the string '" + shortened(value.textValue()) + "'";
        return value.isMissingNode() ? "missing" : shortened(value.toString());
    }

    static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= SHOWN
                ? text
                : text.substring(0, text.offsetByCodePoints(0, SHOWN)) + "…";
    }
}
