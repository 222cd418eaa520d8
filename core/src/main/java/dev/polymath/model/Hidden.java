package dev.polymath.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What a backbone gives, and heads read.
 *
 * @param layers hidden states {@code [rows, tokens, width]}, as a {@link Reading} names them
 * @param mask 1 for a token and 0 for padding, integers {@code [rows, tokens]}
 * @param diagonals how much each token attends to itself, {@code [rows, tokens]}, in the heads that the reading names
 */
public record Hidden<T>(List<T> layers, T mask, List<T> diagonals) {
    /** States alone. */
    public Hidden(List<T> layers, T mask) {
        this(layers, mask, List.of());
    }

    /** The last layer's states {@code [rows, tokens, width]}. */
    public T last() {
        return layers.get(layers.size() - 1);
    }

    /** The same with all but the mask changed in one way. */
    public Hidden<T> with(UnaryOperator<T> change, T otherMask) {
        return new Hidden<>(
                layers.stream().map(change).toList(),
                otherMask,
                diagonals.stream().map(change).toList());
    }

    /** The same with another last state. */
    public Hidden<T> withLast(T state) {
        List<T> states = new ArrayList<>(layers);
        states.set(states.size() - 1, state);
        return new Hidden<>(states, mask, diagonals);
    }

    /** States, diagonals and mask. */
    public List<T> all() {
        List<T> all = new ArrayList<>(layers);
        all.addAll(diagonals);
        all.add(mask);
        return all;
    }
}
