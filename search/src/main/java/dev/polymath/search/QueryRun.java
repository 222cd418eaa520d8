package dev.polymath.search;

import dev.polymath.data.Scored;
import dev.polymath.search.Hit.Explanation;
import dev.polymath.search.Hit.Snippet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;

/** The way of one query through one state of an index: lists, fusion, re-ranking, and reading what is shown. */
final class QueryRun {
    private final IndexSearcher searcher;
    private final SearchQuery query;
    private final float[] vector;
    private final Analyzer analyzer;
    private final WordSearch words;
    private final Query filter;

    /** @param vector of the query or of its meaning; null where it is not looked for by meaning */
    QueryRun(IndexSearcher searcher, Analyzer analyzer, SearchQuery query, float[] vector) throws IOException {
        this.searcher = searcher;
        this.query = query;
        this.vector = vector;
        this.analyzer = analyzer;
        this.filter = filter();
        this.words = new WordSearch(searcher, analyzer, query.text(), filter);
    }

    private Query filter() {
        if (query.filters().isEmpty()) return null;
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        for (Filter each : query.filters()) all.add(each.query(searcher.getIndexReader()), Occur.FILTER);
        return all.build();
    }

    /**
     * @param fusion of the two lists, where both are asked for
     * @param reranker null where none is asked for
     * @param known whether the index keeps what it has of passages
     */
    List<Hit> hits(Fusion fusion, Reranker reranker, boolean known) throws IOException {
        List<Ranked> ranked = untied(ranked(fusion));
        if (reranker != null && !ranked.isEmpty()) ranked = reranked(ranked, reranker, known);
        List<Hit> hits = new ArrayList<>();
        for (Ranked each : ranked.subList(0, Math.min(query.top(), ranked.size()))) hits.add(hit(each));
        return hits;
    }

    private List<Ranked> ranked(Fusion fusion) throws IOException {
        if (!query.byMeaning()) return byWords();
        return query.byWords() ? Ranked.fused(byWords(), byMeaning(), fusion) : byMeaning();
    }

    /** As many as are shown, or as fusion or re-ranking choose from. */
    private int length() {
        boolean both = query.byWords() && query.byMeaning();
        return both || query.reranking() != null ? query.depth() : query.top();
    }

    private List<Ranked> byWords() throws IOException {
        return Ranked.byWords(words.best(length()));
    }

    private List<Ranked> byMeaning() throws IOException {
        VectorSearch vectors = new VectorSearch(searcher, vector, filter);
        return Ranked.byMeaning(vectors.nearest(length(), query.depth(), query.exact()));
    }

    /** Both lists of a hybrid query, before they are fused. */
    SearchIndex.Lists lists() throws IOException {
        List<Ranked> byWords = byWords();
        List<Ranked> byMeaning = byMeaning();
        Map<Integer, String> ids = new HashMap<>();
        for (List<Ranked> list : List.of(byWords, byMeaning)) {
            for (Ranked each : list) {
                if (!ids.containsKey(each.document()))
                    ids.put(each.document(), whole(each).get(IndexedDocument.ID));
            }
        }
        return new SearchIndex.Lists(byWords, byMeaning, ids);
    }

    private List<Ranked> reranked(List<Ranked> ranked, Reranker reranker, boolean known) throws IOException {
        List<String> read = new ArrayList<>();
        List<float[]> kept = new ArrayList<>();
        for (Ranked each : ranked.subList(0, Math.min(query.reranking().first(), ranked.size()))) {
            Document whole = whole(each);
            String text = place(each, whole).of(whole.get(IndexedDocument.TEXT));
            read.add(PassageReading.reranked(whole.get(IndexedDocument.TITLE), text));
            // Of a document of several passages that was found by words alone the whole is read, of which nothing is
            // kept.
            int place = each.passage() < 0 ? each.document() : each.passage();
            kept.add(known ? KeptItems.of(searcher.getIndexReader(), place) : null);
        }
        return Ranked.reranked(ranked, reranker.scores(query.text(), read, kept.toArray(new float[0][])));
    }

    /**
     * Equal scores in the order that trec_eval gives them: Lucene's own is that in which the documents came, which merges of
     * segments change.
     */
    private List<Ranked> untied(List<Ranked> ranked) throws IOException {
        List<Ranked> ordered = new ArrayList<>(ranked);
        for (int from = 0, to; from < ordered.size(); from = to) {
            double score = ordered.get(from).score();
            to = from + 1;
            while (to < ordered.size() && ordered.get(to).score() == score) to++;
            if (to - from == 1) continue;
            Map<Ranked, Scored> ids = new HashMap<>();
            for (Ranked each : ordered.subList(from, to)) {
                ids.put(each, new Scored(whole(each).get(IndexedDocument.ID), score));
            }
            ordered.subList(from, to).sort(Comparator.comparing(ids::get, Scored.BEST_FIRST));
        }
        return ordered;
    }

    private Document whole(Ranked ranked) throws IOException {
        return searcher.storedFields().document(ranked.document());
    }

    private Stretch place(Ranked ranked, Document whole) throws IOException {
        if (ranked.passage() < 0 || ranked.passage() == ranked.document()) {
            return new Stretch(0, whole.get(IndexedDocument.TEXT).length());
        }
        Document passage =
                searcher.storedFields().document(ranked.passage(), Set.of(IndexedDocument.START, IndexedDocument.END));
        return new Stretch(
                passage.getField(IndexedDocument.START).numericValue().intValue(),
                passage.getField(IndexedDocument.END).numericValue().intValue());
    }

    private Hit hit(Ranked ranked) throws IOException {
        Document whole = whole(ranked);
        String text = whole.get(IndexedDocument.TEXT);
        Stretch place = place(ranked, whole);
        return new Hit(
                whole.get(IndexedDocument.ID),
                ranked.score(),
                whole.get(IndexedDocument.TITLE),
                place.of(text),
                place,
                IndexedDocument.fields(whole.get(IndexedDocument.FIELDS)),
                snippets(text),
                query.explain() ? explanation(ranked) : null);
    }

    private List<Snippet> snippets(String text) throws IOException {
        if (query.highlights() == 0 || !query.byWords()) return List.of();
        return new Snippets(analyzer, words.query()).of(text, query.highlights());
    }

    private Explanation explanation(Ranked ranked) throws IOException {
        Hit.Words byWords = null;
        if (ranked.wordRank() > 0) {
            Map<String, Double> terms = words.contributions(ranked.document());
            byWords = new Hit.Words(ranked.wordRank(), ranked.wordScore(), terms);
        }
        Hit.Vector byMeaning =
                ranked.vectorRank() > 0 ? new Hit.Vector(ranked.vectorRank(), ranked.similarity()) : null;
        return new Explanation(byWords, byMeaning, ranked.fused(), ranked.reranked());
    }
}
