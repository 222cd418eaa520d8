package dev.polymath.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A document that was found, before it is read.
 *
 * @param document Lucene's number of the whole
 * @param passage Lucene's number of the nearest passage; -1 where it was found by words alone
 * @param score it is ordered by
 * @param wordRank from 1; 0 where it was not found by words
 * @param wordScore BM25's
 * @param vectorRank from 1; 0 where it was not found by meaning
 * @param similarity of query and passage
 * @param fused what fusion made of both; NaN where there was none
 * @param reranked what the re-ranking task gave; NaN where it did not read it
 */
record Ranked(
        int document,
        int passage,
        double score,
        int wordRank,
        double wordScore,
        int vectorRank,
        double similarity,
        double fused,
        double reranked) {
    private static final Comparator<Ranked> BEST =
            Comparator.comparingDouble(Ranked::score).reversed().thenComparingInt(Ranked::document);

    static List<Ranked> byWords(List<WordSearch.Found> found) {
        List<Ranked> ranked = new ArrayList<>();
        for (WordSearch.Found each : found) {
            int rank = ranked.size() + 1;
            ranked.add(new Ranked(
                    each.document(), -1, each.score(), rank, each.score(), 0, Double.NaN, Double.NaN, Double.NaN));
        }
        return ranked;
    }

    static List<Ranked> byMeaning(List<VectorSearch.Found> found) {
        List<Ranked> ranked = new ArrayList<>();
        for (VectorSearch.Found each : found) {
            int rank = ranked.size() + 1;
            ranked.add(new Ranked(
                    each.document(),
                    each.passage(),
                    each.similarity(),
                    0,
                    Double.NaN,
                    rank,
                    each.similarity(),
                    Double.NaN,
                    Double.NaN));
        }
        return ranked;
    }

    /** Both lists as one, the best first. */
    static List<Ranked> fused(List<Ranked> words, List<Ranked> meaning, Fusion fusion) {
        Map<Integer, Ranked> all = new LinkedHashMap<>();
        for (Ranked each : words) all.put(each.document, each);
        for (Ranked each : meaning) all.merge(each.document, each, Ranked::joined);
        double most = words.isEmpty() ? 0 : words.get(0).wordScore;
        double nearest = meaning.isEmpty() ? -1 : meaning.get(0).similarity;
        List<Ranked> fused = new ArrayList<>();
        for (Ranked each : all.values()) fused.add(each.scored(each.fusedBy(fusion, most, nearest)));
        fused.sort(BEST);
        return fused;
    }

    private static Ranked joined(Ranked words, Ranked meaning) {
        return new Ranked(
                words.document,
                meaning.passage,
                Double.NaN,
                words.wordRank,
                words.wordScore,
                meaning.vectorRank,
                meaning.similarity,
                Double.NaN,
                Double.NaN);
    }

    private double fusedBy(Fusion fusion, double most, double nearest) {
        if (fusion instanceof Fusion.ReciprocalRank reciprocal) {
            return (wordRank == 0 ? 0 : 1 / (reciprocal.k() + wordRank))
                    + (vectorRank == 0 ? 0 : 1 / (reciprocal.k() + vectorRank));
        }
        double weight = ((Fusion.Weighted) fusion).weight();
        double lexical = wordRank == 0 || most <= 0 ? 0 : wordScore / most;
        double dense = vectorRank == 0 || nearest <= -1 ? 0 : (similarity + 1) / (nearest + 1);
        return weight * dense + (1 - weight) * lexical;
    }

    private Ranked scored(double value) {
        return new Ranked(document, passage, value, wordRank, wordScore, vectorRank, similarity, value, Double.NaN);
    }

    /**
     * The first ones in the order of a re-ranking task's scores, and the others behind them, in their order: each by 1 lower
     * than the one before, since their own scores are of another kind.
     *
     * @param scores of the first ones
     */
    static List<Ranked> reranked(List<Ranked> ranked, double[] scores) {
        List<Ranked> anew = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) anew.add(ranked.get(i).read(scores[i], scores[i]));
        // Stable: where the task finds two equal, they stay as they were.
        anew.sort(Comparator.comparingDouble(Ranked::score).reversed());
        double last = anew.get(anew.size() - 1).score;
        for (Ranked each : ranked.subList(scores.length, ranked.size())) anew.add(each.read(--last, Double.NaN));
        return anew;
    }

    private Ranked read(double newScore, double value) {
        return new Ranked(document, passage, newScore, wordRank, wordScore, vectorRank, similarity, fused, value);
    }
}
