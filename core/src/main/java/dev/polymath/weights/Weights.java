package dev.polymath.weights;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Named arrays: all the state a model has. Immutable; every operation gives a new one that shares what is unchanged. */
public final class Weights {
    private final Map<String, Array> arrays;

    /** @throws NullPointerException if a name or an array is null */
    public Weights(Map<String, Array> arrays) {
        arrays.forEach((name, array) -> {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(array, name);
        });
        this.arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
    }

    public static Weights empty() {
        return new Weights(Map.of());
    }

    /** Names in the order of the file, or of insertion. */
    public Set<String> names() {
        return arrays.keySet();
    }

    public boolean has(String name) {
        return arrays.containsKey(name);
    }

    /** @throws IllegalArgumentException if there is none of that name */
    public Array get(String name) {
        Array array = arrays.get(name);
        if (array == null) throw new IllegalArgumentException("there is no weight named " + name);
        return array;
    }

    public Map<String, Array> asMap() {
        return arrays;
    }

    /** These weights with the others put over them. */
    public Weights with(Weights others) {
        Map<String, Array> both = new LinkedHashMap<>(arrays);
        both.putAll(others.arrays);
        return new Weights(both);
    }

    /** Only the weights whose names pass. */
    public Weights filter(Predicate<String> keep) {
        Map<String, Array> kept = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            if (keep.test(name)) kept.put(name, array);
        });
        return new Weights(kept);
    }

    /** Number of elements in all arrays. */
    public long parameters() {
        long parameters = 0;
        for (Array array : arrays.values()) parameters += array.size();
        return parameters;
    }

    /** A function applied to every array, names kept. */
    public Weights map(UnaryOperator<Array> function) {
        Map<String, Array> mapped = new LinkedHashMap<>();
        arrays.forEach((name, array) -> mapped.put(name, function.apply(array)));
        return new Weights(mapped);
    }

    /**
     * The arrays of floats as another type of float (see {@link Array#cast}); arrays of whole numbers, such as position
     * ids, stay as they are.
     */
    public Weights cast(DType type) {
        return map(array -> array.type().floating() ? array.cast(type) : array);
    }

    /** Only the arrays of floats: those that can be added, scaled and compared. */
    public Weights floating() {
        return filter(name -> arrays.get(name).type().floating());
    }

    /** Sums, name by name, as F32. See {@link #combination} for what is thrown. */
    public Weights plus(Weights other) {
        return combination(List.of(this, other), 1, 1);
    }

    /** Differences, name by name, as F32: {@code trained.minus(start)} is a task vector. */
    public Weights minus(Weights other) {
        return combination(List.of(this, other), 1, -1);
    }

    /** All elements times a factor, as F32. */
    public Weights scaled(double factor) {
        return combination(List.of(this), factor);
    }

    /** The straight line from these weights ({@code fraction} 0) to the others ({@code fraction} 1), as F32. */
    public Weights lerp(Weights other, double fraction) {
        return combination(List.of(this, other), 1 - fraction, fraction);
    }

    /** The mean of several, as F32. */
    public static Weights average(List<Weights> several) {
        double[] factors = new double[several.size()];
        Arrays.fill(factors, 1.0 / several.size());
        return combination(several, factors);
    }

    /**
     * The linear combination {@code factors[0] * terms[0] + factors[1] * terms[1] + ...}, name by name, as F32 whatever
     * types of float go in; each element is added up in double precision and rounded once. Names come in the order of
     * the first term.
     *
     * @throws IllegalArgumentException if names or shapes differ (naming the first difference), an array is not of
     *     floats (naming it; {@link #floating} leaves such arrays out), there is no term, or the number of factors is
     *     not the number of terms
     */
    public static Weights combination(List<Weights> terms, double... factors) {
        if (terms.isEmpty()) throw new IllegalArgumentException("a combination of no weights");
        if (terms.size() != factors.length) {
            throw new IllegalArgumentException(factors.length + " factors for " + terms.size() + " weights");
        }
        for (Weights term : terms) terms.get(0).requireComparable(term);
        Map<String, Array> sums = new LinkedHashMap<>();
        for (String name : terms.get(0).names()) {
            sums.put(
                    name,
                    Array.combination(terms.stream().map(term -> term.get(name)).toList(), factors));
        }
        return new Weights(sums);
    }

    /** The dot product of all elements, in double precision. Throws as {@link #combination} does. */
    public double dot(Weights other) {
        requireComparable(this);
        requireComparable(other);
        double sum = 0;
        for (String name : names()) sum += get(name).dot(other.get(name));
        return sum;
    }

    /** The Euclidean length of all elements together. */
    public double norm() {
        return Math.sqrt(dot(this));
    }

    /**
     * The cosine of the angle between these weights and the others, -1 to 1; NaN if either is all zeros. Throws as
     * {@link #combination} does.
     */
    public double cosine(Weights other) {
        double cosine = dot(other) / (norm() * other.norm());
        return Math.max(-1, Math.min(1, cosine));
    }

    /**
     * The first difference in names or shapes (not in types), in words, such as {@code "layer.0.bias is [4] in the one
     * and [5] in the other"}; empty if there is none.
     */
    public Optional<String> difference(Weights other) {
        for (String name : names()) {
            if (!other.has(name)) return Optional.of(name + " is missing in the other");
            long[] mine = get(name).shape();
            long[] theirs = other.get(name).shape();
            if (!Arrays.equals(mine, theirs)) {
                return Optional.of(name + " is " + Arrays.toString(mine) + " in the one and " + Arrays.toString(theirs)
                        + " in the other");
            }
        }
        for (String name : other.names()) if (!has(name)) return Optional.of(name + " is missing in the one");
        return Optional.empty();
    }

    private void requireComparable(Weights other) {
        difference(other).ifPresent(difference -> {
            throw new IllegalArgumentException("the weights do not match: " + difference);
        });
        other.arrays.forEach((name, array) -> {
            if (!array.type().floating()) {
                throw new IllegalArgumentException("arithmetic takes arrays of floats; " + name + " is " + array);
            }
        });
    }

    /** Equal names and equal arrays (type, shape, bytes), in any order. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Weights that && arrays.equals(that.arrays);
    }

    @Override
    public int hashCode() {
        return arrays.hashCode();
    }

    @Override
    public String toString() {
        return arrays.size() + " arrays, " + parameters() + " elements";
    }
}
