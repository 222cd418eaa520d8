package dev.polymath.data;

import java.util.List;

/**
 * Search by vectors in memory, which looks at every one: the reference for indexes that look at some. The score is the
 * inner product, which is the cosine where vectors have length 1. Immutable and thread-safe.
 */
public final class ExactSearch {
    private final List<String> ids;
    private final List<float[]> vectors;

    /**
     * @param ids of the passages
     * @param vectors theirs, one each, all of one width; not copied
     */
    public ExactSearch(List<String> ids, List<float[]> vectors) {
        this.ids = List.copyOf(ids);
        this.vectors = List.copyOf(vectors);
        if (ids.size() != vectors.size()) {
            throw new IllegalArgumentException(vectors.size() + " vectors for " + ids.size() + " passages");
        }
        for (float[] vector : vectors) require(vector.length);
    }

    private void require(int width) {
        if (vectors.isEmpty() || width == vectors.get(0).length) return;
        throw new IllegalArgumentException(
                "a vector of " + width + " numbers among vectors of " + vectors.get(0).length);
    }

    /**
     * The passages whose vectors are nearest, {@link Scored#BEST_FIRST}.
     *
     * @param top the most of them, at least 1
     */
    public List<Scored> search(float[] query, int top) {
        require(query.length);
        Best best = new Best(top);
        for (int i = 0; i < vectors.size(); i++) best.offer(ids.get(i), product(query, vectors.get(i)));
        return best.sorted();
    }

    private static double product(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += (double) a[i] * b[i];
        return sum;
    }
}
