package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What documents are found by. */
public enum SearchMode {
    /** The query's words, scored by BM25. */
    LEXICAL,
    /** The query's meaning: the cosine of vectors. */
    DENSE,
    /** Both, fused. */
    HYBRID;

    /** Its name on the command line. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws InputException if there is none of that name */
    public static SearchMode named(String key) {
        for (SearchMode each : values()) if (each.key().equals(key)) return each;
        List<String> keys = Arrays.stream(values()).map(SearchMode::key).toList();
        throw new InputException("there is no mode '" + key + "'" + Choices.instead(key, keys));
    }
}
