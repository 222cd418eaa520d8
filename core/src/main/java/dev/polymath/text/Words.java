package dev.polymath.text;

import java.util.Arrays;

/**
 * The words of a text, whatever its tokenizer: each run of letters, marks and digits is a word, and so is every other
 * code point that is not space.
 *
 * @param starts where each word starts, in UTF-16 units, ascending
 * @param ends where each word ends (excluded)
 */
public record Words(int[] starts, int[] ends) {
    /** @throws IllegalArgumentException if there are not as many ends as starts */
    public Words {
        if (starts.length != ends.length) throw new IllegalArgumentException("starts and ends differ in number");
    }

    /** Any string has words; a lone surrogate is one by itself. */
    public static Words of(String text) {
        int[] starts = new int[text.length()];
        int[] ends = new int[text.length()];
        int words = 0;
        boolean running = false;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            int next = i + Character.charCount(point);
            boolean letter = isPartOfRun(point);
            if (letter && running) {
                ends[words - 1] = next;
            } else if (letter || !isSpace(point)) {
                starts[words] = i;
                ends[words++] = next;
            }
            running = letter;
            i = next;
        }
        return new Words(Arrays.copyOf(starts, words), Arrays.copyOf(ends, words));
    }

    /** Number of words. */
    public int count() {
        return starts.length;
    }

    /**
     * The first token that overlaps each span; -1 where none does, because it was cut off or because the tokenizer
     * leaves such characters out.
     *
     * @param starts where each span starts in its text, in UTF-16 units
     * @param ends where each span ends (excluded)
     * @param side the text that the spans stand in: 0 for the first (or only) one, 1 for the second
     */
    public static int[] firstTokens(Encoding encoding, int[] starts, int[] ends, int side) {
        int length = 0;
        for (int end : encoding.ends()) length = Math.max(length, end);
        int[] tokenAt = new int[length];
        Arrays.fill(tokenAt, -1);
        int[] range = tokens(encoding, side);
        for (int token = range[1] - 1; token >= range[0]; token--) {
            for (int i = encoding.starts()[token]; i < encoding.ends()[token]; i++) tokenAt[i] = token;
        }
        int[] first = new int[starts.length];
        for (int span = 0; span < first.length; span++) {
            first[span] = -1;
            for (int i = starts[span]; i < Math.min(ends[span], length); i++) {
                if (tokenAt[i] >= 0 && (first[span] < 0 || tokenAt[i] < first[span])) first[span] = tokenAt[i];
            }
        }
        return first;
    }

    /**
     * The tokens of one text, from (included) and to (excluded). Special tokens stand around and between the texts; two
     * or more at the front mean that the first text is empty.
     */
    private static int[] tokens(Encoding encoding, int side) {
        int from = 0;
        while (from < encoding.length() && encoding.starts()[from] < 0) from++;
        int to = end(encoding, from);
        boolean onlySecond = from > 1;
        if (side == 0) return onlySecond ? new int[] {0, 0} : new int[] {from, to};
        if (side != 1) throw new IllegalArgumentException("a text is on side 0 or 1, not " + side);
        if (onlySecond) return new int[] {from, to};
        int second = to;
        while (second < encoding.length() && encoding.starts()[second] < 0) second++;
        return new int[] {second, end(encoding, second)};
    }

    private static int end(Encoding encoding, int from) {
        int to = from;
        while (to < encoding.length() && encoding.starts()[to] >= 0) to++;
        return to;
    }

    private static boolean isPartOfRun(int point) {
        return switch (Character.getType(point)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> Character.isLetterOrDigit(point);
        };
    }

    private static boolean isSpace(int point) {
        return Character.isWhitespace(point) || Character.isSpaceChar(point);
    }
}
