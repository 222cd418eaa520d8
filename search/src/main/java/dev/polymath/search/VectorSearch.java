package dev.polymath.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.ConjunctionUtils;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;

/**
 * Finds the passages nearest to a vector and, through them, documents. The graph gives candidates by quantised vectors (HNSW,
 * Y. Malkov and D. Yashunin, 2016, arXiv:1603.09320); their order comes from the vectors in float32. A document counts as its
 * nearest passage.
 */
final class VectorSearch {
    private static final Comparator<Found> NEAREST =
            Comparator.comparingDouble(Found::similarity).reversed().thenComparingInt(Found::passage);

    private final IndexSearcher searcher;
    private final float[] vector;
    /** The graph compares vectors of length 1. */
    private final float[] direction;

    private final Query filter;

    /**
     * A document by its nearest passage.
     *
     * @param document Lucene's number of the whole
     * @param passage Lucene's number of the passage, which may be the whole
     * @param similarity of vectors, in float32
     */
    record Found(int document, int passage, double similarity) {}

    /** @param filter null for none */
    VectorSearch(IndexSearcher searcher, float[] vector, Query filter) {
        this.searcher = searcher;
        this.vector = vector;
        this.direction = direction(vector);
        this.filter = filter;
    }

    /** Null for the vector 0, to which all are equally near. */
    private static float[] direction(float[] vector) {
        double squares = 0;
        for (float value : vector) squares += (double) value * value;
        if (squares < 1e-12) return null;
        float[] direction = new float[vector.length];
        for (int i = 0; i < vector.length; i++) direction[i] = (float) (vector[i] / Math.sqrt(squares));
        return direction;
    }

    /**
     * The nearest documents, the nearest first.
     *
     * @param top the most documents
     * @param candidates passages that the graph is asked for at first; more, where those are of too few documents
     * @param exact whether every passage is looked at
     */
    List<Found> nearest(int top, int candidates, boolean exact) throws IOException {
        int all = searcher.getIndexReader().maxDoc();
        if (direction == null || all == 0) return List.of();
        for (int asked = Math.min(all, Math.max(top, candidates)); ; asked = (int) Math.min(all, 4L * asked)) {
            int[] passages = exact ? scanned(asked) : walked(asked);
            List<Found> documents = grouped(scored(passages));
            // Fewer than asked for means that there are no more.
            if (documents.size() >= top || passages.length < asked || asked == all) {
                return documents.subList(0, Math.min(top, documents.size()));
            }
        }
    }

    private int[] walked(int count) throws IOException {
        Query query = new KnnFloatVectorQuery(IndexedDocument.VECTOR, direction, count, filter);
        return Arrays.stream(searcher.search(query, count).scoreDocs)
                .mapToInt(hit -> hit.doc)
                .toArray();
    }

    private int[] scanned(int count) throws IOException {
        PriorityQueue<ScoreDoc> nearest = new PriorityQueue<>(Comparator.comparingDouble((ScoreDoc hit) -> hit.score)
                .thenComparing(
                        Comparator.comparingInt((ScoreDoc hit) -> hit.doc).reversed()));
        Weight fits = filter == null
                ? null
                : searcher.createWeight(searcher.rewrite(filter), ScoreMode.COMPLETE_NO_SCORES, 1);
        for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
            FloatVectorValues vectors = leaf.reader().getFloatVectorValues(IndexedDocument.VECTOR);
            DocIdSetIterator passages = vectors;
            if (fits != null && vectors != null) {
                Scorer scorer = fits.scorer(leaf);
                passages = scorer == null
                        ? null
                        : ConjunctionUtils.intersectIterators(List.of(vectors, scorer.iterator()));
            }
            if (passages == null) continue;
            Bits live = leaf.reader().getLiveDocs();
            for (int each = passages.nextDoc(); each != DocIdSetIterator.NO_MORE_DOCS; each = passages.nextDoc()) {
                if (live != null && !live.get(each)) continue;
                nearest.add(new ScoreDoc(leaf.docBase + each, (float) product(vectors.vectorValue())));
                if (nearest.size() > count) nearest.poll();
            }
        }
        return nearest.stream().mapToInt(hit -> hit.doc).toArray();
    }

    /** Passages with their documents and similarities, the nearest first. */
    private List<Found> scored(int[] passages) throws IOException {
        // Lucene reads forwards only.
        Arrays.sort(passages);
        List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
        List<Found> found = new ArrayList<>();
        LeafReaderContext leaf = null;
        FloatVectorValues vectors = null;
        NumericDocValues distances = null;
        for (int passage : passages) {
            if (leaf == null || passage >= leaf.docBase + leaf.reader().maxDoc()) {
                leaf = leaves.get(ReaderUtil.subIndex(passage, leaves));
                vectors = leaf.reader().getFloatVectorValues(IndexedDocument.VECTOR);
                distances = leaf.reader().getNumericDocValues(IndexedDocument.DISTANCE);
            }
            vectors.advance(passage - leaf.docBase);
            distances.advanceExact(passage - leaf.docBase);
            int document = passage + (int) distances.longValue();
            found.add(new Found(document, passage, product(vectors.vectorValue())));
        }
        found.sort(NEAREST);
        return found;
    }

    private static List<Found> grouped(List<Found> passages) {
        Map<Integer, Found> documents = new LinkedHashMap<>();
        for (Found passage : passages) documents.putIfAbsent(passage.document(), passage);
        return List.copyOf(documents.values());
    }

    private double product(float[] other) {
        double product = 0;
        for (int i = 0; i < vector.length; i++) product += (double) vector[i] * other[i];
        return product;
    }
}
