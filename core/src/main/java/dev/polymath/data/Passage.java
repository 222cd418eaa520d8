package dev.polymath.data;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A passage of a collection that is searched: a row of {@code corpus.jsonl}.
 *
 * @param id its {@code _id}, unique in the collection
 * @param title empty where it has none
 * @param text may be empty, as some of BEIR's are
 * @param fields the other values of the row by name, each with one value or more, in the order of the file; see
 *     {@link PassageReader} for the names
 * @param line where it stands in its file, from 1; 0 if it comes from none
 */
public record Passage(String id, String title, String text, Map<String, List<String>> fields, long line) {

    public Passage {
        Objects.requireNonNull(id);
        Objects.requireNonNull(title);
        Objects.requireNonNull(text);
        Objects.requireNonNull(fields);
    }

    /** A passage without other fields, which comes from no file. */
    public static Passage of(String id, String title, String text) {
        return new Passage(id, title, text, Map.of(), 0);
    }

    /** Title and text as one text: title, a space, text; one of them alone where the other is blank. */
    public String whole() {
        if (title.isBlank()) return text;
        return text.isBlank() ? title : title + " " + text;
    }
}
