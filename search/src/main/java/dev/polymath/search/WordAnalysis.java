package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;

/** How a text becomes the words that are looked up. */
public enum WordAnalysis {
    /** English: lower case, without possessives and the commonest words, reduced to stems (M. F. Porter, 1980). */
    ENGLISH,
    /** Any language that parts words by Unicode's rules (UAX 29): lower case, every word as it is. */
    STANDARD;

    /** Its name in settings. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws InputException if there is none of that name */
    public static WordAnalysis named(String key) {
        for (WordAnalysis each : values()) if (each.key().equals(key)) return each;
        List<String> keys = Arrays.stream(values()).map(WordAnalysis::key).toList();
        throw new InputException("there is no analyzer '" + key + "'" + Choices.instead(key, keys));
    }

    Analyzer analyzer() {
        return this == ENGLISH ? new EnglishAnalyzer() : new StandardAnalyzer();
    }
}
