package dev.polymath.search;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A document that was found.
 *
 * @param id its {@code _id}
 * @param score by which hits are ordered, the highest first: BM25, the cosine, what fusion or a re-ranking task gives
 * @param title of the document
 * @param text of the passage that fits best; of the whole document where it was found by words alone, or is one passage
 * @param place where that stands in the document's text
 * @param fields the document's other values
 * @param snippets with the query's words marked; empty unless asked for
 * @param explanation where the score comes from; null unless asked for
 */
public record Hit(
        String id,
        double score,
        String title,
        String text,
        Stretch place,
        Map<String, List<String>> fields,
        List<Snippet> snippets,
        Explanation explanation) {

    /**
     * A piece of a text with places in it.
     *
     * @param text the piece
     * @param marks places in the piece, from left to right
     */
    public record Snippet(String text, List<Stretch> marks) {
        public Snippet {
            marks = List.copyOf(marks);
        }
    }

    /**
     * Where a score comes from.
     *
     * @param words by BM25; null where the document was not found by words
     * @param meaning by the vector; null where it was not found so
     * @param fused what fusion made of both; NaN where there was none
     * @param reranked what the re-ranking task gave; NaN where it did not read the hit
     */
    public record Explanation(Words words, Vector meaning, double fused, double reranked) {}

    /**
     * Where a score by words comes from.
     *
     * @param rank from 1
     * @param score BM25's, the sum of what the terms gave
     * @param terms what each term gave; by the form that the analyzer reduces words to, the highest first
     */
    public record Words(int rank, double score, Map<String, Double> terms) {
        public Words {
            terms = Collections.unmodifiableMap(new LinkedHashMap<>(terms));
        }
    }

    /**
     * Where a score by meaning comes from.
     *
     * @param rank from 1
     * @param similarity the cosine of query and passage; for a {@link Meaning} its score
     */
    public record Vector(int rank, double similarity) {}

    public Hit {
        Objects.requireNonNull(id, "id");
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        snippets = List.copyOf(snippets);
    }

    /**
     * The same with the score that re-ranking gave it.
     *
     * @param value of the re-ranking task, for the explanation; NaN where that did not read the hit
     */
    public Hit reranked(double newScore, double value) {
        Explanation anew = explanation == null
                ? null
                : new Explanation(explanation.words, explanation.meaning, explanation.fused, value);
        return new Hit(id, newScore, title, text, place, fields, snippets, anew);
    }
}
