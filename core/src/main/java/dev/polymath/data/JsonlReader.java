package dev.polymath.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.polymath.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One JSON object a line; empty lines are passed over. A row may lack a field, but a field that was asked for and that no
 * row has is a problem at the end of the file: such a name is most likely misspelt.
 */
final class JsonlReader extends RowReader {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build()
            .readerFor(JsonNode.class);

    /** Digits beyond which a number keeps its exponent: 1e999999999 written out would fill the memory. */
    private static final int LONGEST = 1000;

    private final LineReader lines;
    private final Set<String> seen = new LinkedHashSet<>();
    private final Set<String> lacking = new LinkedHashSet<>();
    private boolean any;

    JsonlReader(Path file) {
        super(file);
        this.lines = new LineReader(file);
    }

    @Override
    Row read() {
        String line;
        try {
            do {
                line = lines.nextText();
            } while (line != null && line.isBlank());
        } catch (InputException e) {
            throw new Stop(e);
        }
        if (line == null) return end();
        any = true;
        JsonNode object = parse(line);
        object.fieldNames().forEachRemaining(seen::add);
        return new JsonRow(this, lines.line(), object);
    }

    private Row end() {
        if (!any) throw new Stop(file(), 0, "the file is empty");
        lacking.removeAll(seen);
        if (lacking.isEmpty()) return null;
        String name = lacking.iterator().next();
        throw new Stop(file(), 0, "no row has a field '" + name + "'" + Choices.instead(name, seen));
    }

    private JsonNode parse(String line) {
        JsonNode node;
        try {
            node = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " (column " + e.getLocation().getColumnNr() + ")";
            throw InputException.at(file(), lines.line(), "broken JSON: " + firstLine(e.getOriginalMessage()) + where);
        }
        if (node.isObject()) return node;
        throw InputException.at(
                file(),
                lines.line(),
                "a row is a JSON object {...}, and this is of type "
                        + node.getNodeType().name().toLowerCase(Locale.ROOT));
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        lines.close();
    }

    /** A scalar as the file has it: strings without quotes, numbers without exponent. */
    static String text(JsonNode value) {
        if (!value.isBigDecimal()) return value.asText();
        boolean longer = Math.abs((long) value.decimalValue().scale()) > LONGEST;
        return longer ? value.asText() : value.decimalValue().toPlainString();
    }

    /** A row with its JSON object. */
    record JsonRow(JsonlReader reader, long line, JsonNode object) implements Row {
        @Override
        public Path file() {
            return reader.file();
        }

        @Override
        public String field(String name) {
            JsonNode value = value(name);
            if (value == null) return null;
            if (value.isArray()) throw wrong(name, "is a list; one value is expected");
            return text(name, value);
        }

        @Override
        public List<String> values(String name) {
            JsonNode value = value(name);
            if (value == null || !value.isArray()) return null;
            List<String> values = new ArrayList<>(value.size());
            for (JsonNode element : value) {
                if (element.isArray() || element.isNull()) throw wrong(name, "has an element that is not a text");
                values.add(text(name, element));
            }
            return List.copyOf(values);
        }

        private JsonNode value(String name) {
            JsonNode value = object.get(name);
            if (value == null) reader.lacking.add(name);
            return value == null || value.isNull() ? null : value;
        }

        private String text(String name, JsonNode value) {
            if (value.isObject()) throw wrong(name, "is an object; a text is expected");
            return JsonlReader.text(value);
        }

        private InputException wrong(String name, String what) {
            return InputException.at(file(), line, "the field '" + name + "' " + what);
        }

        @Override
        public List<String> column(int index) {
            throw InputException.at(
                    file(), line, "column " + index + " is asked for by number, but JSONL has named fields");
        }

        @Override
        public long tokenLine(int token) {
            return line;
        }
    }
}
