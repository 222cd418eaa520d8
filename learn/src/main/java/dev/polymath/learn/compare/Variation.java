package dev.polymath.learn.compare;

import dev.polymath.InputException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A key of the project file and the values that a comparison tries for it, {@code --vary balance=equal,gradnorm}.
 *
 * @param key the way to the value, as {@code --set} has it
 * @param values as YAML, in the order to try them in
 */
public record Variation(String key, List<String> values) {
    private static final String SEED = "train.seed";

    /** @throws InputException if a value stands twice, there is none, or the key is the seed */
    public Variation {
        values = List.copyOf(values);
        if (values.isEmpty()) throw new InputException("there is no value to try for " + key);
        if (key.equals(SEED)) {
            throw new InputException(SEED + " is no variation: every variant runs with the same seeds; say how many"
                    + " with --seeds, and the first with --set " + SEED + "=1");
        }
        Set<String> seen = new HashSet<>();
        for (String value : values) {
            if (!seen.add(value)) throw new InputException("the variation of " + key + " names " + value + " twice");
        }
    }

    /**
     * Reads an argument; commas within braces, brackets or quotes belong to a value.
     *
     * @throws InputException if it is not {@code key=value,value}
     */
    public static Variation parse(String argument) {
        int equals = argument.indexOf('=');
        if (equals < 1) throw wrong(argument, "write key=value,value, such as balance=equal,gradnorm");
        List<String> values = split(argument.substring(equals + 1), argument);
        try {
            return new Variation(argument.substring(0, equals).strip(), values);
        } catch (InputException e) {
            throw wrong(argument, e.getMessage());
        }
    }

    private static List<String> split(String text, String argument) {
        List<String> values = new ArrayList<>();
        Deque<Character> open = new ArrayDeque<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c == '"' || c == '\'') && begins(text, i)) {
                i = closing(text, i, argument);
            } else if (c == '{' || c == '[') {
                open.push(c == '{' ? '}' : ']');
            } else if (c == '}' || c == ']') {
                if (open.isEmpty() || open.pop() != c) throw wrong(argument, "'" + c + "' closes nothing");
            } else if (c == ',' && open.isEmpty()) {
                values.add(value(text.substring(start, i), argument));
                start = i + 1;
            }
        }
        if (!open.isEmpty()) throw wrong(argument, "'" + open.peek() + "' is missing");
        values.add(value(text.substring(start), argument));
        return values;
    }

    /** Whether a quote here opens a text: one within a word, as in {@code don't}, does not. */
    private static boolean begins(String text, int at) {
        String before = text.substring(0, at).stripTrailing();
        return before.isEmpty() || ",:[{".indexOf(before.charAt(before.length() - 1)) >= 0;
    }

    /** The place of the quote that closes the one here. */
    private static int closing(String text, int at, String argument) {
        char quote = text.charAt(at);
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean doubled = quote == '\'' && c == quote && i + 1 < text.length() && text.charAt(i + 1) == quote;
            if (quote == '"' && c == '\\' || doubled) i++;
            else if (c == quote) return i;
        }
        throw wrong(argument, "the quote " + quote + " is not closed");
    }

    private static String value(String text, String argument) {
        if (text.isBlank()) throw wrong(argument, "a value is empty; write [] for an empty list");
        return text.strip();
    }

    private static InputException wrong(String argument, String message) {
        return new InputException("--vary " + argument + ": " + message);
    }
}
