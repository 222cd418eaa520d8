package dev.polymath.model;

import dev.polymath.model.Reading.Diagonal;
import dev.polymath.ops.Ops;
import java.util.HashMap;
import java.util.Map;

/** What a pass has given so far of what is read. */
final class Kept<T> {
    private final Reading reading;
    private final Map<Integer, T> states = new HashMap<>();
    private final Map<Diagonal, T> diagonals = new HashMap<>();

    Kept(Reading reading) {
        this.reading = reading;
    }

    /** @param layers how many lie below the state */
    void state(int layers, T state) {
        if (reading.layers().contains(layers)) states.put(layers, state);
    }

    /**
     * Takes what tokens attend to themselves in a layer, where that is read:
     * {@code diag(softmax(q k^T / sqrt(size) + bias))} of a head.
     *
     * @param layer from 0
     * @param q {@code [rows, tokens, heads * size]}, as attention reads it; {@code k} likewise
     * @param bias {@code [rows, 1 or heads, tokens or 1, tokens]}
     */
    void attention(Ops<T> ops, int layer, T q, T k, Bias<T> bias, T mask, int size) {
        for (Diagonal each : reading.diagonals()) {
            if (each.layer() != layer + 1) continue;
            int head = each.head() - 1;
            T query = ops.slice(q, 2, (long) head * size, (long) (head + 1) * size);
            T key = ops.slice(k, 2, (long) head * size, (long) (head + 1) * size);
            T scores = ops.scale(ops.matmul(query, ops.transpose(key, 0, 2, 1)), 1 / Math.sqrt(size));
            T all = ops.sum(ops.softmax(ops.add(ops.reshape(scores, 0, 1, 0, -1), bias.of(head)), -1), 1, false);
            // A graph does not know how many rows there are: zeros of that many come out of the mask.
            T places = ops.add(ops.subtract(mask, mask), ops.positions(mask));
            diagonals.put(each, ops.pick(all, places));
        }
    }

    /** What is added to a head's scores, {@code [rows, 1, tokens or 1, tokens]}; heads count from 0. */
    interface Bias<T> {
        T of(int head);
    }

    Hidden<T> hidden(T mask) {
        return new Hidden<>(
                reading.layers().stream().map(states::get).toList(),
                mask,
                reading.diagonals().stream().map(diagonals::get).toList());
    }
}
