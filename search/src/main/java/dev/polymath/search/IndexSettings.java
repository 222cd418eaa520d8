package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.task.Cut;
import java.util.Objects;

/**
 * How an index is made; fixed with its first document, but for {@code k1} and {@code b}.
 *
 * @param task the model's task that gives vectors; null for the only one
 * @param words how texts become words
 * @param vectors how vectors are compared
 * @param k1 of BM25: how soon a word's further occurrences stop to count; 1.2 as in Lucene
 * @param b of BM25: how much long documents are held back, from 0 to 1; 0.75 as in Lucene
 * @param passageTokens a longer document's vectors are those of passages of so many tokens, special ones and the title
 *     included; 0 for as many as the model reads
 * @param connections of a node of the graph of vectors, at most (HNSW's M)
 * @param beam candidates that are kept while a node's neighbours are looked for (HNSW's efConstruction)
 * @param cut which of the vectors that the task gives
 */
public record IndexSettings(
        String task,
        WordAnalysis words,
        VectorStorage vectors,
        double k1,
        double b,
        int passageTokens,
        int connections,
        int beam,
        Cut cut) {
    /** English words, vectors in int8, passages as long as the model reads. */
    public static final IndexSettings DEFAULT =
            new IndexSettings(null, WordAnalysis.ENGLISH, VectorStorage.INT8, 1.2, 0.75, 0, 16, 100, Cut.NONE);

    /** Fewer leave no room for text beside a title. */
    static final int FEWEST_TOKENS = 16;

    public IndexSettings {
        Objects.requireNonNull(words, "words");
        Objects.requireNonNull(vectors, "vectors");
        Objects.requireNonNull(cut, "cut");
        require(k1 >= 0 && Double.isFinite(k1), "k1", k1, "0 or more");
        require(b >= 0 && b <= 1, "b", b, "from 0 to 1");
        require(
                passageTokens == 0 || passageTokens >= FEWEST_TOKENS,
                "passage tokens",
                passageTokens,
                FEWEST_TOKENS + " or more, or 0 for as many as the model reads");
        require(connections >= 2 && connections <= 512, "connections", connections, "from 2 to 512");
        require(beam >= 1 && beam <= 3200, "beam", beam, "from 1 to 3200");
    }

    private static void require(boolean fits, String name, Number value, String range) {
        if (!fits) throw new InputException(name + " is " + value + "; it must be " + range);
    }

    /** With vectors of another task. */
    public IndexSettings task(String other) {
        return new IndexSettings(other, words, vectors, k1, b, passageTokens, connections, beam, cut);
    }

    /** With words found otherwise. */
    public IndexSettings words(WordAnalysis other) {
        return new IndexSettings(task, other, vectors, k1, b, passageTokens, connections, beam, cut);
    }

    /** With vectors compared in other numbers. */
    public IndexSettings vectors(VectorStorage other) {
        return new IndexSettings(task, words, other, k1, b, passageTokens, connections, beam, cut);
    }

    /** With another BM25. */
    public IndexSettings bm25(double otherK1, double otherB) {
        return new IndexSettings(task, words, vectors, otherK1, otherB, passageTokens, connections, beam, cut);
    }

    /** With shorter vectors, or those of fewer layers. */
    public IndexSettings cut(Cut other) {
        return new IndexSettings(task, words, vectors, k1, b, passageTokens, connections, beam, other);
    }

    /** With passages of another length. */
    public IndexSettings passageTokens(int other) {
        return new IndexSettings(task, words, vectors, k1, b, other, connections, beam, cut);
    }

    /** With another graph of vectors. */
    public IndexSettings graph(int otherConnections, int otherBeam) {
        return new IndexSettings(task, words, vectors, k1, b, passageTokens, otherConnections, otherBeam, cut);
    }
}
