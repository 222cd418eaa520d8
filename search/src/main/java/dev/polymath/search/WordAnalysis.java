package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.WordlistLoader;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.standard.StandardAnalyzer;

/** How a text becomes the words that are looked up. */
public enum WordAnalysis {
    /**
     * English: lower case, without possessives and the 174 words of Snowball's list (the commonest, and those of questions),
     * reduced to stems (M. F. Porter, 1980).
     */
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
        return this == ENGLISH ? new EnglishAnalyzer(Snowball.ENGLISH_STOP_WORDS) : new StandardAnalyzer();
    }

    /** Read when it is first needed. */
    private static final class Snowball {
        /** Lucene's own default has 33 words and keeps those of questions: "what", "how", "my". */
        static final CharArraySet ENGLISH_STOP_WORDS = read("english_stop.txt");

        private static CharArraySet read(String list) {
            try (InputStream in = SnowballFilter.class.getResourceAsStream(list)) {
                return WordlistLoader.getSnowballWordSet(new InputStreamReader(in, StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
