package dev.polymath.model;

import java.util.List;

/**
 * What a backbone gives, and heads read.
 *
 * @param layers hidden states {@code [rows, tokens, width]} after the embeddings and after each layer
 * @param mask 1 for a token and 0 for padding, integers {@code [rows, tokens]}
 */
public record Hidden<T>(List<T> layers, T mask) {
    /** The last layer's states {@code [rows, tokens, width]}. */
    public T last() {
        return layers.get(layers.size() - 1);
    }
}
