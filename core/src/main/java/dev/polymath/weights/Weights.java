package dev.polymath.weights;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Named arrays: all the state a model has. Immutable; every operation gives a new one that shares what is unchanged. */
public final class Weights {
    private final Map<String, Array> arrays;

    public Weights(Map<String, Array> arrays) {
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

    List<String> sortedNames() {
        List<String> names = new ArrayList<>(arrays.keySet());
        Collections.sort(names);
        return names;
    }
}
