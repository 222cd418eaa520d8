package dev.polymath.search;

import dev.polymath.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What is looked for, and how: {@code SearchQuery.of("broken kettle").mode(SearchMode.DENSE).top(5)}.
 *
 * @param text what is looked for; empty where {@code meaning} says it
 * @param meaning example sentences instead of a text, or null; looked for by meaning whatever the mode
 * @param mode what documents are found by
 * @param top the most hits
 * @param candidates passages that the graph of vectors is asked for, and documents by words where lists are fused; 0 for twice
 *     {@code top}, at least 100. More find the nearest ones more surely, and take longer
 * @param exact whether to compare with every vector instead of walking the graph
 * @param filters that all must hold
 * @param fusion of the two lists in hybrid search; null for the index's own
 * @param reranking of the first hits; null for none
 * @param explain whether hits say where their scores come from
 * @param highlights the most snippets of a hit with the query's words in them
 */
public record SearchQuery(
        String text,
        Meaning meaning,
        SearchMode mode,
        int top,
        int candidates,
        boolean exact,
        List<Filter> filters,
        Fusion fusion,
        Reranking reranking,
        boolean explain,
        int highlights) {
    private static final int LEAST_CANDIDATES = 100;

    /**
     * Reading the first hits anew, together with the query.
     *
     * @param first how many hits
     * @param task the model's task on pairs that gives a number; null for the only one
     */
    public record Reranking(int first, String task) {
        public Reranking {
            if (first < 1)
                throw new InputException("the first " + first + " hits cannot be ranked anew; at least 1 can");
        }
    }

    public SearchQuery {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(mode, "mode");
        filters = List.copyOf(filters);
        if (top < 1) throw new InputException(top + " hits are asked for; at least 1 is possible");
        if (candidates < 0) throw new InputException(candidates + " candidates are asked for");
        if (highlights < 0) throw new InputException(highlights + " highlights are asked for");
    }

    /** The ten best of hybrid search for a text. */
    public static SearchQuery of(String text) {
        return new SearchQuery(text, null, SearchMode.HYBRID, 10, 0, false, List.of(), null, null, false, 0);
    }

    /** The ten best for a meaning. */
    public static SearchQuery of(Meaning meaning) {
        Objects.requireNonNull(meaning, "meaning");
        return new SearchQuery("", meaning, SearchMode.DENSE, 10, 0, false, List.of(), null, null, false, 0);
    }

    /** The same for another text. */
    public SearchQuery text(String other) {
        return new SearchQuery(
                other, null, mode, top, candidates, exact, filters, fusion, reranking, explain, highlights);
    }

    /** Found otherwise. */
    public SearchQuery mode(SearchMode other) {
        return new SearchQuery(
                text, meaning, other, top, candidates, exact, filters, fusion, reranking, explain, highlights);
    }

    /** With more or fewer hits. */
    public SearchQuery top(int hits) {
        return new SearchQuery(
                text, meaning, mode, hits, candidates, exact, filters, fusion, reranking, explain, highlights);
    }

    /** With more or fewer candidates. */
    public SearchQuery candidates(int passages) {
        return new SearchQuery(
                text, meaning, mode, top, passages, exact, filters, fusion, reranking, explain, highlights);
    }

    /** Compared with every vector. */
    public SearchQuery exactly() {
        return new SearchQuery(
                text, meaning, mode, top, candidates, true, filters, fusion, reranking, explain, highlights);
    }

    /** With a further filter. */
    public SearchQuery where(Filter filter) {
        List<Filter> more = new ArrayList<>(filters);
        more.add(filter);
        return new SearchQuery(
                text, meaning, mode, top, candidates, exact, more, fusion, reranking, explain, highlights);
    }

    /** Fused otherwise. */
    public SearchQuery fusedBy(Fusion other) {
        return new SearchQuery(
                text, meaning, mode, top, candidates, exact, filters, other, reranking, explain, highlights);
    }

    /** With the first hits ranked anew. */
    public SearchQuery reranked(Reranking other) {
        return new SearchQuery(
                text, meaning, mode, top, candidates, exact, filters, fusion, other, explain, highlights);
    }

    /** With hits that say where their scores come from. */
    public SearchQuery explained() {
        return new SearchQuery(
                text, meaning, mode, top, candidates, exact, filters, fusion, reranking, true, highlights);
    }

    /** With so many snippets a hit. */
    public SearchQuery highlighted(int snippets) {
        return new SearchQuery(
                text, meaning, mode, top, candidates, exact, filters, fusion, reranking, explain, snippets);
    }

    boolean byMeaning() {
        return meaning != null || mode != SearchMode.LEXICAL;
    }

    boolean byWords() {
        return meaning == null && mode != SearchMode.DENSE;
    }

    /** How long the lists are that hits are taken from. */
    int depth() {
        int least = candidates == 0 ? Math.max(2 * top, LEAST_CANDIDATES) : candidates;
        return Math.max(least, Math.max(top, reranking == null ? 0 : reranking.first()));
    }
}
