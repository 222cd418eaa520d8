package dev.polymath.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Lexical search in memory, by BM25: a passage's score is the sum over the query's words of {@code idf * tf / (tf + k1 * (1 - b
 * + b * length / mean length))}, where {@code tf} is how often the passage has the word, lengths are in words, and {@code idf =
 * ln(1 + (n - df + 0.5) / (df + 0.5))} for a word that {@code df} of {@code n} passages have.
 *
 * <p>It is small and fixed on purpose: measures that start from the best passages of BM25 must not change with an index or a
 * version of one. Words are runs of letters and digits in lower case, with the marks that follow them; there is no stemming,
 * no list of stop words, and nothing parts words in scripts that write none apart. {@code k1} is 0.9 and {@code b} 0.4, as
 * in Anserini.
 *
 * <p>Source: S. Robertson and H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009; the idf is Lucene's,
 * which is never negative. Immutable and thread-safe.
 */
public final class Bm25 implements Retriever {
    private static final double K1 = 0.9;
    private static final double B = 0.4;

    /** The passages that have a word, and how often. */
    private static final class Postings {
        private int[] passages = new int[2];
        private int[] counts = new int[2];
        private int size;

        /** Passages come in their order. */
        private void add(int passage) {
            if (size > 0 && passages[size - 1] == passage) {
                counts[size - 1]++;
                return;
            }
            if (size == passages.length) {
                passages = Arrays.copyOf(passages, 2 * size);
                counts = Arrays.copyOf(counts, 2 * size);
            }
            passages[size] = passage;
            counts[size++] = 1;
        }
    }

    private final List<String> ids = new ArrayList<>();
    private final Map<String, Postings> words = new HashMap<>();

    /** By passage: {@code k1 * (1 - b + b * length / mean length)}. */
    private final double[] norms;

    /** Reads the whole texts of passages. */
    public Bm25(Iterable<Passage> passages) {
        List<Integer> lengths = new ArrayList<>();
        for (Passage passage : passages) {
            List<String> text = words(passage.whole());
            for (String word : text)
                words.computeIfAbsent(word, each -> new Postings()).add(ids.size());
            ids.add(passage.id());
            lengths.add(text.size());
        }
        double mean = lengths.stream().mapToInt(Integer::intValue).average().orElse(0);
        norms = lengths.stream()
                .mapToDouble(length -> K1 * (1 - B + (mean == 0 ? 0 : B * length / mean)))
                .toArray();
    }

    /**
     * The best passages for a query, {@link Scored#BEST_FIRST}; only such as have a word of it.
     *
     * @param top the most of them, at least 1
     */
    public List<Scored> search(String query, int top) {
        Best best = new Best(top);
        double[] scores = scores(query);
        for (int i = 0; i < scores.length; i++) if (scores[i] > 0) best.offer(ids.get(i), scores[i]);
        return best.sorted();
    }

    @Override
    public Map<String, List<Scored>> search(List<Query> queries, int top) {
        Map<String, List<Scored>> run = new LinkedHashMap<>();
        for (Query query : queries) run.put(query.id(), search(query.text(), top));
        return run;
    }

    private double[] scores(String query) {
        Map<String, Integer> asked = new LinkedHashMap<>();
        for (String word : words(query)) asked.merge(word, 1, Integer::sum);
        double[] scores = new double[ids.size()];
        asked.forEach((word, times) -> {
            Postings postings = words.get(word);
            if (postings == null) return;
            double weight = times * Math.log1p((ids.size() - postings.size + 0.5) / (postings.size + 0.5));
            for (int i = 0; i < postings.size; i++) {
                int passage = postings.passages[i];
                scores[passage] += weight * postings.counts[i] / (postings.counts[i] + norms[passage]);
            }
        });
        return scores;
    }

    /** The words of a text, in its order. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        String lower = text.toLowerCase(Locale.ROOT);
        int from = -1;
        int at = 0;
        while (at < lower.length()) {
            int point = lower.codePointAt(at);
            boolean inside = Character.isLetterOrDigit(point) || from >= 0 && isMark(point);
            if (inside && from < 0) from = at;
            if (!inside && from >= 0) {
                words.add(lower.substring(from, at));
                from = -1;
            }
            at += Character.charCount(point);
        }
        if (from >= 0) words.add(lower.substring(from));
        return words;
    }

    private static boolean isMark(int point) {
        int type = Character.getType(point);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }
}
