package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;

/**
 * In which numbers vectors are compared while the graph is walked. The vectors themselves are kept in float32 in any case:
 * what the walk finds is scored anew on those. So a smaller kind saves memory, of which a walk touches this much:
 *
 * <table><caption>Bytes of a vector of {@code n} numbers</caption>
 * <tr><td>float32</td><td>4 n</td></tr><tr><td>int8</td><td>n + 4</td></tr><tr><td>int4</td><td>n / 2 + 4</td></tr></table>
 */
public enum VectorStorage {
    FLOAT32,
    /** A byte a number, of which Lucene uses seven bits: products of those fit the processor's fast instructions. */
    INT8,
    /** Half a byte a number. */
    INT4;

    /** Its name in settings. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws InputException if there is none of that name */
    public static VectorStorage named(String key) {
        for (VectorStorage each : values()) if (each.key().equals(key)) return each;
        List<String> keys = Arrays.stream(values()).map(VectorStorage::key).toList();
        throw new InputException("there is no storage of vectors '" + key + "'" + Choices.instead(key, keys));
    }

    /**
     * @param connections of a node of the graph, at most
     * @param beam candidates that are kept while a node's neighbours are looked for
     * @param dimensions of the vectors
     */
    KnnVectorsFormat format(int connections, int beam, int dimensions) {
        return switch (this) {
            case FLOAT32 -> new Lucene99HnswVectorsFormat(connections, beam);
            case INT8 -> new Lucene99HnswScalarQuantizedVectorsFormat(connections, beam, 1, 7, false, null, null);
            // Two numbers share a byte, so that an odd number of them cannot be packed.
            case INT4 ->
                new Lucene99HnswScalarQuantizedVectorsFormat(connections, beam, 1, 4, dimensions % 2 == 0, 0f, null);
        };
    }
}
