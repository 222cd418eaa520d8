package dev.polymath.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rows of a JSONL file of which each has an {@code _id} of its own. */
final class IdentifiedRows implements Closeable {
    private final JsonlReader rows;
    private final Map<String, Long> lines = new HashMap<>();

    /** @throws InputException if there is no such file; names the nearest */
    IdentifiedRows(Path file) {
        DataFiles.mustExist(file);
        this.rows = new JsonlReader(file);
    }

    boolean hasNext() {
        return rows.hasNext();
    }

    /**
     * A row.
     *
     * @param id not blank, and no other row's
     */
    record Identified(Path file, long line, String id, JsonNode object) {
        /**
         * A member that must be there, as text.
         *
         * @throws InputException if it is missing, null, a list or an object
         */
        String required(String name) {
            String value = optional(name);
            if (value != null) return value;
            if (object.has(name)) throw wrong("'" + name + "' is null; a text is expected");
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            throw wrong("there is no '" + name + "'" + Choices.instead(name, names));
        }

        /** A member as text, or null where it is missing or null. */
        String optional(String name) {
            JsonNode value = object.get(name);
            if (value == null || value.isNull()) return null;
            if (value.isContainerNode()) {
                throw wrong("'" + name + "' is " + (value.isArray() ? "a list" : "an object") + "; a text is expected");
            }
            return JsonlReader.text(value);
        }

        InputException wrong(String what) {
            return InputException.at(file, line, what);
        }
    }

    /** @throws InputException if the row cannot be read, or its {@code _id} is missing, blank or another row's */
    Identified next() {
        JsonlReader.JsonRow row = (JsonlReader.JsonRow) rows.next();
        String id = new Identified(row.file(), row.line(), null, row.object()).required("_id");
        Identified identified = new Identified(row.file(), row.line(), id, row.object());
        if (id.isBlank()) throw identified.wrong("'_id' is empty");
        Long first = lines.putIfAbsent(id, row.line());
        if (first != null) throw identified.wrong("the _id '" + id + "' is that of line " + first + " too");
        return identified;
    }

    @Override
    public void close() {
        rows.close();
    }
}
