package dev.polymath.model;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What of a pass through a backbone is read: the states behind some layers, and how much tokens attend to themselves. The
 * backbone computes no layer above the last of them.
 *
 * @param layers how many layers lie below each state, 0 for the embeddings alone; from below, the same perhaps twice
 * @param diagonals heads whose tokens' attention to themselves is read
 */
public record Reading(List<Integer> layers, List<Diagonal> diagonals) {
    /**
     * The diagonal of a head's attention probabilities.
     *
     * @param layer from 1
     * @param head in the layer, from 1
     */
    public record Diagonal(int layer, int head) {
        public Diagonal {
            if (layer < 1 || head < 1) throw new IllegalArgumentException("head " + head + " of layer " + layer);
        }
    }

    public Reading {
        layers = List.copyOf(layers);
        diagonals = List.copyOf(diagonals);
        if (layers.isEmpty()) throw new IllegalArgumentException("nothing is read");
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i) < (i == 0 ? 0 : layers.get(i - 1)))
                throw new IllegalArgumentException("layers " + layers);
        }
    }

    /** The state behind so many layers. */
    public static Reading of(int layers) {
        return new Reading(List.of(layers), List.of());
    }

    /** The states behind {@code from} layers, one more, and so on to {@code to}. */
    public static Reading range(int from, int to) {
        return new Reading(IntStream.rangeClosed(from, to).boxed().toList(), List.of());
    }

    /** How many layers must be computed for it. */
    public int depth() {
        int deepest = layers.get(layers.size() - 1);
        for (Diagonal each : diagonals) deepest = Math.max(deepest, each.layer);
        return deepest;
    }

    /** What either reads, each once. */
    public Reading and(Reading other) {
        TreeSet<Integer> all = new TreeSet<>(layers);
        all.addAll(other.layers);
        List<Diagonal> heads = new ArrayList<>(diagonals);
        for (Diagonal each : other.diagonals) if (!heads.contains(each)) heads.add(each);
        return new Reading(List.copyOf(all), heads);
    }

    /**
     * This out of what another one gave.
     *
     * @param given by a pass for {@code read}
     * @param read has all that this has
     */
    public <T> Hidden<T> of(Hidden<T> given, Reading read) {
        if (equals(read)) return given;
        List<T> states = new ArrayList<>();
        for (int layer : layers) states.add(given.layers().get(place(read.layers, layer)));
        List<T> some = new ArrayList<>();
        for (Diagonal each : diagonals) some.add(given.diagonals().get(place(read.diagonals, each)));
        return new Hidden<>(states, given.mask(), some);
    }

    private static <E> int place(List<E> among, E wanted) {
        int place = among.indexOf(wanted);
        if (place < 0) throw new IllegalArgumentException(wanted + " is not among " + among);
        return place;
    }

    /** A name for files: {@code l6}; {@code l1-6}; {@code l6.a1-10}, with head 10 of layer 1. */
    public String key() {
        StringBuilder key = new StringBuilder("l");
        key.append(layers.stream().map(String::valueOf).collect(Collectors.joining("-")));
        for (Diagonal each : diagonals)
            key.append(".a").append(each.layer).append('-').append(each.head);
        return key.toString();
    }
}
