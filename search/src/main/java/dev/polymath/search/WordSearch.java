package dev.polymath.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.TermToBytesRefAttribute;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/**
 * Finds documents by a query's words: each that has one of them, scored by BM25, the sum over the query's words of {@code idf *
 * tf / (tf + k1 * (1 - b + b * length / mean length))}, where {@code tf} is how often the document has the word and {@code idf =
 * ln(1 + (n - df + 0.5) / (df + 0.5))}. Lucene keeps a length in one byte, exact up to 40 words. A query is words and nothing
 * else; signs in it are passed over.
 *
 * <p>Source: S. Robertson and H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
 */
final class WordSearch {
    private final IndexSearcher searcher;
    private final Map<BytesRef, Query> terms = new LinkedHashMap<>();
    private final Query filter;

    /**
     * A document that has words of the query.
     *
     * @param document Lucene's number of the whole
     * @param score BM25's
     */
    record Found(int document, double score) {}

    /** @param filter null for none */
    WordSearch(IndexSearcher searcher, Analyzer analyzer, String text, Query filter) throws IOException {
        this.searcher = searcher;
        this.filter = filter;
        Map<BytesRef, Integer> counts = counted(analyzer, text);
        for (BytesRef term : rarest(counts.keySet())) {
            Query one = new TermQuery(new Term(IndexedDocument.WORDS, term));
            int count = counts.get(term);
            terms.put(term, count == 1 ? one : new BoostQuery(one, count));
        }
    }

    private static Map<BytesRef, Integer> counted(Analyzer analyzer, String text) throws IOException {
        Map<BytesRef, Integer> counts = new LinkedHashMap<>();
        try (TokenStream stream = analyzer.tokenStream(IndexedDocument.WORDS, text)) {
            TermToBytesRefAttribute term = stream.addAttribute(TermToBytesRefAttribute.class);
            stream.reset();
            while (stream.incrementToken()) counts.merge(BytesRef.deepCopyOf(term.getBytesRef()), 1, Integer::sum);
            stream.end();
        }
        return counts;
    }

    /** All terms, or the rarest ones of so many that Lucene would refuse the query. */
    private List<BytesRef> rarest(Iterable<BytesRef> all) {
        List<BytesRef> kept = new ArrayList<>();
        all.forEach(kept::add);
        int most = IndexSearcher.getMaxClauseCount() / 2;
        if (kept.size() <= most) return kept;
        kept.sort(Comparator.comparingInt(this::frequency));
        return kept.subList(0, most);
    }

    private int frequency(BytesRef term) {
        try {
            return searcher.getIndexReader().docFreq(new Term(IndexedDocument.WORDS, term));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is looked up, without the filter. */
    Query query() {
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        for (Query term : terms.values()) query.add(term, Occur.SHOULD);
        return query.build();
    }

    /** The best documents, the best first. */
    List<Found> best(int top) throws IOException {
        if (terms.isEmpty()) return List.of();
        Query query = query();
        if (filter != null) {
            query = new BooleanQuery.Builder()
                    .add(query, Occur.MUST)
                    .add(filter, Occur.FILTER)
                    .build();
        }
        List<Found> found = new ArrayList<>();
        for (ScoreDoc hit : searcher.search(query, top).scoreDocs) found.add(new Found(hit.doc, hit.score));
        return found;
    }

    /** What each term gives to a document's score, the most first; terms that it has not are left out. */
    Map<String, Double> contributions(int document) throws IOException {
        Map<String, Double> given = new LinkedHashMap<>();
        for (Map.Entry<BytesRef, Query> term : terms.entrySet()) {
            var explanation = searcher.explain(term.getValue(), document);
            if (explanation.isMatch()) {
                given.put(term.getKey().utf8ToString(), explanation.getValue().doubleValue());
            }
        }
        Map<String, Double> sorted = new LinkedHashMap<>();
        given.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(each -> sorted.put(each.getKey(), each.getValue()));
        return sorted;
    }
}
