package dev.polymath.text;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The texts of a batch in which several rows may be of one: the same object, not an equal one.
 *
 * @param encodings each text once, in the order of their first rows
 * @param ofRow for each row which of them it is of
 */
public record DistinctEncodings(List<Encoding> encodings, long[] ofRow) {
    /** @param rows the batch's */
    public static DistinctEncodings of(List<Encoding> rows) {
        Map<Encoding, Integer> places = new IdentityHashMap<>();
        List<Encoding> texts = new ArrayList<>();
        long[] ofRow = new long[rows.size()];
        for (int row = 0; row < ofRow.length; row++) {
            ofRow[row] = places.computeIfAbsent(rows.get(row), text -> {
                texts.add(text);
                return texts.size() - 1;
            });
        }
        return new DistinctEncodings(texts, ofRow);
    }
}
