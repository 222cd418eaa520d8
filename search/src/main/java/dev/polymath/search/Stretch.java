package dev.polymath.search;

/**
 * A part of a text.
 *
 * @param start its first UTF-16 unit
 * @param end one past its last UTF-16 unit
 */
public record Stretch(int start, int end) {
    public Stretch {
        if (start < 0 || end < start) throw new IllegalArgumentException("a stretch from " + start + " to " + end);
    }

    String of(String text) {
        return text.substring(start, end);
    }
}
