package dev.polymath.model;

import dev.polymath.ops.Ops;

/**
 * What plugs into the places that a backbone names: {@code embeddings}, {@code layer.3.attention.query}, {@code
 * layer.3.attention.output}, {@code layer.3.ffn.in}, {@code layer.3.ffn.out}, ... The backbone calls {@link #at} with
 * the input and the output of the sub-computation at each site and goes on with what comes back; it does not know which
 * sharing part is plugged in.
 */
public interface Sites<T> {
    /**
     * @param site the site's name
     * @param input what the sub-computation at the site read, {@code [rows, tokens, in]}
     * @param output what it gave, {@code [rows, tokens, out]}
     * @return what the backbone shall use instead, of the output's shape (at {@code embeddings} it may be longer)
     */
    T at(Ops<T> ops, String site, T input, T output);

    /** Nothing plugged in. */
    static <T> Sites<T> none() {
        return (ops, site, input, output) -> output;
    }
}
