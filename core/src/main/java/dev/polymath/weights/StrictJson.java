package dev.polymath.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.polymath.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** JSON that must be valid UTF-8, one object, with no key twice: what the files around weights consist of. */
final class StrictJson {
    // Names are as hostile as the file is: a table of symbols shared between files would keep them all.
    static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE) // both as the reference implementation writes text
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private final Path file;
    private final String what;
    private final JsonParser json;

    private StrictJson(Path file, String what, JsonParser json) {
        this.file = file;
        this.what = what;
        this.json = json;
    }

    /** Takes what comes after a key; the parser stands at the first token of the value, and is left at its last. */
    interface Member {
        void read(String key, StrictJson json) throws IOException;
    }

    /**
     * Reads one object that fills the bytes.
     *
     * @param what the part of the file that this is, for messages
     * @throws InputException if it is not what this class demands
     */
    static void read(Path file, String what, ByteBuffer bytes, Member member) throws IOException {
        CharBuffer text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(bytes);
        } catch (CharacterCodingException e) {
            throw InputException.at(file, 0, what + " is not valid UTF-8");
        }
        if (text.isEmpty() || text.get(0) != '{') {
            throw InputException.at(file, 0, what + " does not begin with {");
        }
        try (JsonParser parser =
                FACTORY.createParser(text.array(), text.arrayOffset() + text.position(), text.remaining())) {
            StrictJson json = new StrictJson(file, what, parser);
            parser.nextToken();
            json.members("", member);
            if (parser.nextToken() != null) throw json.wrong("there is more after its closing }");
        } catch (JsonProcessingException e) {
            long at = e.getLocation() == null ? -1 : e.getLocation().getCharOffset();
            String place = at < 0 ? "" : " at character " + at;
            throw InputException.at(file, 0, what + " is not valid JSON" + place + ": " + e.getOriginalMessage());
        }
    }

    /**
     * Reads the members of the object that the parser stands at.
     *
     * @param owner whose object it is, for messages, such as {@code tensor 'a': }
     */
    void members(String owner, Member member) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw wrong(owner + "expected an object, found " + found());
        }
        Set<String> seen = new HashSet<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            if (!seen.add(key)) throw wrong(owner + "the key " + quoted(key) + " is there twice");
            requireText(owner, key);
            json.nextToken();
            member.read(key, this);
        }
    }

    /** Reads an object of strings. */
    Map<String, String> strings(String owner) throws IOException {
        Map<String, String> strings = new LinkedHashMap<>();
        members(owner, (key, value) -> strings.put(key, string(owner + quoted(key) + ": ")));
        return strings;
    }

    String string(String owner) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw wrong(owner + "expected a string, found " + found());
        }
        String text = json.getText();
        requireText(owner, text);
        return text;
    }

    /** Escapes can spell what UTF-8 cannot. */
    private void requireText(String owner, String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw wrong(owner + quoted(text) + " has half a surrogate pair");
        }
    }

    /** Reads an array of whole numbers from 0 to 2^63 - 1. */
    long[] sizes(String owner) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw wrong(owner + "expected an array of numbers, found " + found());
        }
        long[] sizes = new long[8];
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw wrong(owner + "expected a whole number, found " + found());
            }
            if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw wrong(owner + found() + " is too large");
            }
            if (json.getLongValue() < 0) throw wrong(owner + found() + " is negative");
            if (count == sizes.length) sizes = Arrays.copyOf(sizes, 2 * count);
            sizes[count++] = json.getLongValue();
        }
        return Arrays.copyOf(sizes, count);
    }

    void skip() throws IOException {
        json.skipChildren();
    }

    InputException wrong(String message) {
        return InputException.at(file, 0, what + ": " + message);
    }

    private String found() throws IOException {
        JsonToken token = json.currentToken();
        if (token == JsonToken.START_OBJECT) return "an object";
        if (token == JsonToken.START_ARRAY) return "an array";
        return token == JsonToken.VALUE_STRING ? quoted(json.getText()) : shortened(json.getText());
    }

    /** A name from a file, fit for a message: in quotes, not too long, and without control characters. */
    static String quoted(String name) {
        return "'" + shortened(name) + "'";
    }

    private static String shortened(String text) {
        String start = text.length() <= 120 ? text : text.substring(0, 120) + "...";
        return start.codePoints()
                .map(c -> shown(c) ? c : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean shown(int character) {
        int type = Character.getType(character);
        return type != Character.CONTROL && type != Character.FORMAT && type != Character.SURROGATE;
    }
}
