package dev.polymath.project;

import dev.polymath.data.Example;
import dev.polymath.text.Tokenizer;
import java.util.function.ToIntFunction;

/**
 * How long the text or texts of an example are.
 *
 * @param unit what is counted: {@code words}, {@code tokens}
 * @param of the count
 */
public record TextLength(String unit, ToIntFunction<Example> of) {

    /** Words between white space; a text has at least as many tokens. */
    public static TextLength words() {
        return new TextLength("words", example -> words(example.text()) + words(example.text2()));
    }

    /** Tokens of a tokenizer, special tokens included; it must stay open while this is used. */
    public static TextLength tokens(Tokenizer tokenizer) {
        return new TextLength("tokens", example -> tokenizer
                .encode(example.text(), example.text2(), Integer.MAX_VALUE)
                .length());
    }

    private static int words(String text) {
        if (text == null) return 0;
        int words = 0;
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            boolean space = Character.isWhitespace(text.charAt(i));
            if (!space && !inside) words++;
            inside = !space;
        }
        return words;
    }
}
