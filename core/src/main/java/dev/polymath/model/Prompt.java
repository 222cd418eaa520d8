package dev.polymath.model;

import dev.polymath.ops.Ops;
import dev.polymath.weights.Array;
import java.util.Arrays;
import java.util.List;

/**
 * Soft tokens before the text of each row. They stand among the word embeddings, where positions, segments and norms are
 * still to come: positions count on from the prompt into the text, and the prompt is in the first segment. All tokens of a
 * row attend to it. Heads do not see it: what a backbone gives has the text's tokens alone, in every layer's state, so that
 * a token's state stands where the token does in the text and no pooling reads the prompt.
 *
 * @param tokens how many they are, the same in every row; 0: there is no prompt
 * @param embeddings {@code [rows, tokens, width]}; null where there is no prompt
 */
public record Prompt<T>(int tokens, T embeddings) {
    public Prompt {
        if (tokens < 0) throw new IllegalArgumentException("a prompt of " + tokens + " tokens");
        if (tokens > 0 == (embeddings == null)) {
            throw new IllegalArgumentException("a prompt of " + tokens + " tokens with embeddings " + embeddings);
        }
    }

    /** No prompt. */
    static <T> Prompt<T> none() {
        return new Prompt<>(0, null);
    }

    /** The prompt and the text's words {@code [rows, text, width]}: {@code [rows, tokens + text, width]}. */
    T before(Ops<T> ops, T words) {
        return tokens == 0 ? words : ops.concat(1, List.of(embeddings, words));
    }

    /** The text's mask {@code [rows, text]} with that of the prompt, all of which counts. */
    T mask(Ops<T> ops, T mask) {
        return extended(ops, mask, 1);
    }

    /** The text's segments {@code [rows, text]} with the prompt's, the first. */
    T types(Ops<T> ops, T types) {
        return extended(ops, types, 0);
    }

    /**
     * What heads shall read of a backbone's states {@code [rows, tokens + text, width]}.
     *
     * @param mask the text's
     */
    Hidden<T> text(Ops<T> ops, Hidden<T> all, T mask) {
        if (tokens == 0) return all;
        return all.with(state -> ops.slice(state, 1, tokens, Long.MAX_VALUE), mask);
    }

    private T extended(Ops<T> ops, T integers, long value) {
        if (tokens == 0) return integers;
        long[] values = new long[tokens];
        Arrays.fill(values, value);
        T column = ops.slice(integers, 1, 0, 1);
        // A graph does not know the number of rows: zeros of that many come out of the rows themselves.
        T zeros = ops.subtract(column, column);
        return ops.concat(1, List.of(ops.add(zeros, ops.constant(Array.of(values, 1, tokens))), integers));
    }
}
