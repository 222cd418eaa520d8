package dev.polymath.text;

import dev.polymath.weights.Array;
import java.util.Arrays;
import java.util.List;

/**
 * Encodings side by side, padded on the right to the longest.
 *
 * @param ids token ids, I64 {@code [rows, tokens]}
 * @param mask 1 for a token and 0 for padding, I64 {@code [rows, tokens]}
 * @param types segment ids, I64 {@code [rows, tokens]}
 */
public record TokenBatch(Array ids, Array mask, Array types) {
    /**
     * @param padId the token id that fills up short rows
     * @throws IllegalArgumentException if there are no encodings
     */
    public static TokenBatch of(List<Encoding> encodings, int padId) {
        if (encodings.isEmpty()) throw new IllegalArgumentException("a batch needs at least one row");
        int rows = encodings.size();
        int tokens = encodings.stream().mapToInt(Encoding::length).max().orElseThrow();
        long[] ids = new long[rows * tokens];
        long[] mask = new long[rows * tokens];
        long[] types = new long[rows * tokens];
        Arrays.fill(ids, padId);
        for (int row = 0; row < rows; row++) {
            Encoding encoding = encodings.get(row);
            for (int token = 0; token < encoding.length(); token++) {
                int at = row * tokens + token;
                ids[at] = encoding.ids()[token];
                mask[at] = 1;
                types[at] = encoding.types()[token];
            }
        }
        return new TokenBatch(Array.of(ids, rows, tokens), Array.of(mask, rows, tokens), Array.of(types, rows, tokens));
    }

    public int rows() {
        return (int) ids.shape()[0];
    }

    /** Tokens of a row, padding included. */
    public int tokens() {
        return (int) ids.shape()[1];
    }
}
