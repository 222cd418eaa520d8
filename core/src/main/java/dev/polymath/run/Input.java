package dev.polymath.run;

import java.util.Objects;

/**
 * A text to ask a model about, or a pair.
 *
 * @param text any text, also an empty one
 * @param text2 the second text of a pair, or null
 */
public record Input(String text, String text2) {
    public Input {
        Objects.requireNonNull(text, "text");
    }

    /** A text by itself. */
    public static Input of(String text) {
        return new Input(text, null);
    }
}
