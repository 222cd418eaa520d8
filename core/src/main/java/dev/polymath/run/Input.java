package dev.polymath.run;

import java.util.Objects;

/**
 * A text to ask a model about, or a pair.
 *
 * @param text any text, also an empty one
 * @param text2 the second text of a pair, or null
 * @param whole whether tasks on single texts read all of a text that is too long for them, in windows; else, and always
 *     where a task reads the pair, it is cut
 */
public record Input(String text, String text2, boolean whole) {
    public Input {
        Objects.requireNonNull(text, "text");
    }

    /** A text, or a pair, which is cut where it is too long. */
    public Input(String text, String text2) {
        this(text, text2, false);
    }

    /** This text, read in windows where it is too long. */
    public Input inWindows() {
        return new Input(text, text2, true);
    }

    /** A text by itself. */
    public static Input of(String text) {
        return new Input(text, null);
    }
}
