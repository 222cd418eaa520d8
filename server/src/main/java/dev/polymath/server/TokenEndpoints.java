package dev.polymath.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.polymath.text.Encoding;
import dev.polymath.text.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** TEI's {@code /tokenize} and {@code /decode}. Tokens stand at bytes of the text in UTF-8, as there. */
final class TokenEndpoints {
    /** More than any text of the greatest size has. */
    private static final int ALL_TOKENS = Integer.MAX_VALUE / 32;

    private final Texts texts;

    TokenEndpoints(Texts texts) {
        this.texts = texts;
    }

    List<Route> routes() {
        return List.of(
                Route.asking("/tokenize", Dialect.TEI, this::tokenize),
                Route.asking("/decode", Dialect.TEI, this::decode));
    }

    private Plan tokenize(Fields body, ServedModel model) {
        boolean special = body.flag("add_special_tokens", true);
        Truncation.of(body);
        List<String> inputs = texts.read(body, "inputs", model);
        Tokenizer tokenizer = model.polymath().tokenizer();
        return Plan.of(json -> {
            json.writeStartArray();
            for (String text : inputs) {
                Encoding encoding = tokenizer.encode(text, null, ALL_TOKENS);
                json.writeStartArray();
                int[] bytes = bytesBefore(text);
                for (int i = 0; i < encoding.length(); i++) {
                    int id = encoding.ids()[i];
                    int start = encoding.starts()[i];
                    if (start >= 0) {
                        int end = encoding.ends()[i];
                        token(json, id, text.substring(start, end), bytes[start], bytes[end]);
                    } else if (special) {
                        specialToken(json, id, tokenizer.decode(new int[] {id}, false));
                    }
                }
                json.writeEndArray();
            }
            json.writeEndArray();
        });
    }

    private static void token(JsonGenerator json, int id, String text, int start, int stop) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", id);
        json.writeStringField("text", text);
        json.writeBooleanField("special", false);
        json.writeNumberField("start", start);
        json.writeNumberField("stop", stop);
        json.writeEndObject();
    }

    private static void specialToken(JsonGenerator json, int id, String text) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", id);
        json.writeStringField("text", text);
        json.writeBooleanField("special", true);
        json.writeNullField("start");
        json.writeNullField("stop");
        json.writeEndObject();
    }

    /** How many bytes of UTF-8 stand before each UTF-16 unit of a text. */
    private static int[] bytesBefore(String text) {
        int[] before = new int[text.length() + 1];
        for (int i = 0; i < text.length(); ) {
            int units = Character.charCount(text.codePointAt(i));
            int bytes = text.substring(i, i + units).getBytes(StandardCharsets.UTF_8).length;
            if (units == 2) before[i + 1] = before[i];
            before[i + units] = before[i] + bytes;
            i += units;
        }
        return before;
    }

    private Plan decode(Fields body, ServedModel model) {
        boolean skipSpecial = body.flag("skip_special_tokens", true);
        List<int[]> ids = texts.ids(body, "ids", model);
        Tokenizer tokenizer = model.polymath().tokenizer();
        return Plan.of(json -> {
            json.writeStartArray();
            for (int[] each : ids) json.writeString(tokenizer.decode(each, skipSpecial));
            json.writeEndArray();
        });
    }
}
