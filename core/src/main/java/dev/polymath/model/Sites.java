package dev.polymath.model;

import dev.polymath.ops.Ops;
import java.util.regex.Pattern;

/**
 * What plugs into the places that a backbone names: {@code embeddings}, {@code layer.3.attention.query}, {@code
 * layer.3.attention.output}, {@code layer.3.ffn.in}, {@code layer.3.ffn.out}, {@code layer.3}, which is the layer's end,
 * behind its norms, ... The backbone calls {@link #at} with
 * the input and the output of the sub-computation at each site and goes on with what comes back; it does not know which
 * sharing part is plugged in.
 */
public interface Sites<T> {
    /** The sites of {@link #isState}. */
    Pattern STATE = Pattern.compile("embeddings|layer\\.\\d+");

    /**
     * @param site the site's name
     * @param input what the sub-computation at the site read, {@code [rows, tokens, in]}; at {@code embeddings} the
     *     text's token ids, integers {@code [rows, text]}; at a layer's end the state that the layer read
     * @param output what it gave, {@code [rows, tokens, out]}
     * @return what the backbone shall use instead, of the output's shape
     */
    T at(Ops<T> ops, String site, T input, T output);

    /**
     * What comes instead of the whole of a sub-layer, whose own projections are then neither computed nor passed to {@link
     * #at}; null where the backbone shall compute its own.
     *
     * @param site {@code layer.3.ffn}: the feed-forward block from its first projection through its last, without what
     *     is added to it and without norms
     * @param input what the block reads, {@code [rows, tokens, width]}
     * @return of the input's shape, or null
     */
    default T instead(Ops<T> ops, String site, T input) {
        return null;
    }

    /**
     * What shall be added to the loss of the batch that has passed through here, already weighed, a scalar; null where
     * that is nothing. Asked for behind the last layer, and only when learning.
     */
    default T penalty(Ops<T> ops) {
        return null;
    }

    /**
     * What stands before the text's words, ahead of positions and norms; the tokens of all sites are then those of the prompt
     * and the text. Together they may be {@link Backbone#maxTokens} long.
     *
     * @param inputs the text's tokens
     * @param words the text's word embeddings, {@code [rows, text, width]}
     */
    default Prompt<T> prompt(Ops<T> ops, Inputs<T> inputs, T words) {
        return Prompt.none();
    }

    /** Whether a hidden state is complete at a site: {@code embeddings}, and a layer's end. */
    static boolean isState(String site) {
        return STATE.matcher(site).matches();
    }

    /** Nothing plugged in. */
    static <T> Sites<T> none() {
        return (ops, site, input, output) -> output;
    }
}
