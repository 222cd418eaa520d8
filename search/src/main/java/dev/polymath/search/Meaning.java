package dev.polymath.search;

import dev.polymath.InputException;
import java.util.List;
import java.util.stream.Stream;

/**
 * A meaning given by sets of example sentences instead of a query: documents near to those of {@code like} and of {@code and}, and
 * far from those of {@code unlike}. With {@code SIM(x, S) = 1/|S| sum over s in S of cos(x, s)}, a document {@code x} has the score
 *
 * <pre>{@code score(x) = SIM(x, like) + SIM(x, and) - SIM(x, unlike)}</pre>
 *
 * <p>where a set that is empty adds nothing. Since all vectors have length 1, this is the product of {@code x} with one vector, the
 * sum of the sets' means: it is looked up like any other.
 *
 * <p>Source: K. Liu, SetCSE: Set Operations using Contrastive Learning of Sentence Embeddings, ICLR 2024, arXiv:2404.17606
 * (intersection, difference, and series of those; the contrastive training between sets that the paper does before is not done
 * here, the model's vectors are taken as they are).
 *
 * @param like what documents are to mean
 * @param unlike what they are not to mean
 * @param and what they are to mean as well
 */
public record Meaning(List<String> like, List<String> unlike, List<String> and) {
    public Meaning {
        like = List.copyOf(like);
        unlike = List.copyOf(unlike);
        and = List.copyOf(and);
        if (like.isEmpty() && and.isEmpty() && unlike.isEmpty()) {
            throw new InputException("a meaning needs at least one example sentence");
        }
    }

    /** All sentences: of {@code like}, then {@code unlike}, then {@code and}. */
    List<String> sentences() {
        return Stream.of(like, unlike, and).flatMap(List::stream).toList();
    }

    /**
     * The vector whose product with a document's is the score.
     *
     * @param vectors of {@link #sentences}
     */
    float[] combined(float[][] vectors) {
        double[] sum = new double[vectors[0].length];
        int at = 0;
        at = add(sum, vectors, at, like.size(), 1);
        at = add(sum, vectors, at, unlike.size(), -1);
        add(sum, vectors, at, and.size(), 1);
        float[] combined = new float[sum.length];
        for (int i = 0; i < sum.length; i++) combined[i] = (float) sum[i];
        return combined;
    }

    private static int add(double[] sum, float[][] vectors, int from, int count, int sign) {
        for (int i = from; i < from + count; i++) {
            for (int j = 0; j < sum.length; j++) sum[j] += (double) sign / count * vectors[i][j];
        }
        return from + count;
    }
}
