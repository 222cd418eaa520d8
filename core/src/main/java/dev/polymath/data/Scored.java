package dev.polymath.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;

/**
 * A passage that was found for a query, with its score; more is better.
 *
 * @param id the passage's
 * @param score not NaN
 */
public record Scored(String id, double score) {
    /**
     * Best first, in the order that trec_eval gives a run: by score downwards; of equal scores, the id that comes later in
     * the order of UTF-8 bytes first.
     */
    public static final Comparator<Scored> BEST_FIRST = Scored::compare;

    public Scored {
        Objects.requireNonNull(id);
        if (Double.isNaN(score))
            throw new IllegalArgumentException("the score of passage '" + id + "' is not a number");
        score += 0.0; // -0.0 becomes 0.0: they are equal scores.
    }

    private static int compare(Scored a, Scored b) {
        int byScore = Double.compare(b.score, a.score);
        if (byScore != 0) return byScore;
        return Arrays.compareUnsigned(b.id.getBytes(StandardCharsets.UTF_8), a.id.getBytes(StandardCharsets.UTF_8));
    }
}
