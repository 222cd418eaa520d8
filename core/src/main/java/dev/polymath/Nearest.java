package dev.polymath;

import java.util.Collection;
import java.util.Locale;

/** Finds the choice that a mistyped value most likely meant, for messages to the user. */
public final class Nearest {
    private Nearest() {}

    /**
     * {@code did you mean 'x'?} with the nearest of the choices, or an empty text if there are none.
     *
     * <p>Near is the Levenshtein distance (V. Levenshtein, 1966) without regard to case; of equally near choices the
     * first is taken.
     */
    public static String suggest(String value, Collection<String> choices) {
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String choice : choices) {
            int distance = distance(value.toLowerCase(Locale.ROOT), choice.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                nearest = choice;
            }
        }
        return nearest == null ? "" : "did you mean '" + nearest + "'?";
    }

    /** The least number of insertions, deletions and replacements of characters that make one text of the other. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
