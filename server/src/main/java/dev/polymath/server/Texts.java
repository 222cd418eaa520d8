package dev.polymath.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.text.Encoding;
import java.util.ArrayList;
import java.util.List;

/**
 * The texts of a request as TEI's and OpenAI's clients send them: strings, or token ids, which are read as the text that they
 * spell.
 */
record Texts(ServerSettings.Limits limits) {
    /** More than any text of the greatest size has. */
    private static final int ALL_TOKENS = Integer.MAX_VALUE / 32;

    /** A text, a list of ids, or a list of those; never empty, and no text in it is. */
    List<String> read(Fields fields, String name, ServedModel model) {
        JsonNode value = fields.required(name);
        List<String> texts = new ArrayList<>();
        if (value.isTextual()) {
            texts.add(value.textValue());
        } else if (isIds(value)) {
            texts.add(decoded(name, value, model));
        } else if (value.isArray()) {
            for (JsonNode each : value) {
                String place = name + "[" + texts.size() + "]";
                if (each.isTextual()) texts.add(each.textValue());
                else if (isIds(each)) texts.add(decoded(place, each, model));
                else throw Fields.wrong(place, "a string or a list of token ids", each);
                if (texts.size() > limits.texts()) break;
            }
        } else {
            throw Fields.wrong(name, "a string, a list of token ids, or a list of those", value);
        }
        requireSome(name, texts);
        requireNotEmpty(name, texts);
        return checked(name, texts);
    }

    /** A list of strings; not empty, but texts in it may be. */
    List<String> strings(Fields fields, String name) {
        List<String> texts = fields.texts(name);
        requireSome(name, texts);
        return checked(name, texts);
    }

    /** Lists of ids; one by itself counts as a list of one. */
    List<int[]> ids(Fields fields, String name, ServedModel model) {
        JsonNode value = fields.required(name);
        if (!value.isArray()) throw Fields.wrong(name, "a list of token ids, or a list of those", value);
        List<int[]> all = new ArrayList<>();
        if (isIds(value)) {
            all.add(ids(name, value, model));
        } else {
            for (JsonNode each : value) {
                if (!each.isArray()) throw Fields.wrong(name, "a list of token ids, or a list of those", each);
                all.add(ids(name + "[" + all.size() + "]", each, model));
            }
        }
        if (all.isEmpty()) throw new Fault(Fault.Kind.EMPTY, "`" + name + "` cannot be empty");
        if (all.size() > limits.texts()) throw tooMany(name, all.size());
        return all;
    }

    void requireSome(String name, List<String> texts) {
        if (texts.isEmpty()) throw new Fault(Fault.Kind.EMPTY, "`" + name + "` cannot be empty");
    }

    void requireNotEmpty(String name, List<String> texts) {
        if (texts.contains("")) throw new Fault(Fault.Kind.EMPTY, "`" + name + "` cannot be empty");
    }

    /** @throws Fault if there are too many, or one is too long */
    List<String> checked(String name, List<String> texts) {
        if (texts.size() > limits.texts()) throw tooMany(name, texts.size());
        for (String text : texts) {
            if (text.length() > limits.characters()) {
                throw Fault.invalid("`" + name + "` has a text of " + text.length() + " characters; at most "
                        + limits.characters() + " are read");
            }
        }
        return texts;
    }

    private Fault tooMany(String name, int count) {
        return Fault.invalid("`" + name + "` has " + (count > limits.texts() ? "more than " + limits.texts() : count)
                + " texts; send at most " + limits.texts() + " a request");
    }

    private static boolean isIds(JsonNode value) {
        return value.isArray() && !value.isEmpty() && value.get(0).isNumber();
    }

    private static String decoded(String name, JsonNode ids, ServedModel model) {
        return model.polymath().tokenizer().decode(ids(name, ids, model), true);
    }

    private static int[] ids(String name, JsonNode list, ServedModel model) {
        int vocabulary = model.polymath().folder().config().path("vocab_size").asInt(Integer.MAX_VALUE);
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonNode id = list.get(i);
            if (!id.isInt() || id.intValue() < 0 || id.intValue() >= vocabulary) {
                throw Fields.wrong(name + "[" + i + "]", "a token id from 0 to " + (vocabulary - 1), id);
            }
            ids[i] = id.intValue();
        }
        return ids;
    }

    /** A text without its beginning, so that its end is what the model reads. */
    static String end(String text, ServedModel model) {
        Encoding whole = model.polymath().tokenizer().encode(text, null, ALL_TOKENS);
        int over = whole.length() - model.maxTokens();
        if (over <= 0) return text;
        List<Integer> starts = new ArrayList<>();
        for (int start : whole.starts()) if (start >= 0) starts.add(start);
        return over >= starts.size() ? text : text.substring(starts.get(over));
    }
}
