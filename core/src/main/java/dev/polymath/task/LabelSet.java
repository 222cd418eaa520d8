package dev.polymath.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.Nearest;
import dev.polymath.project.TaskSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A task's labels in the order of its head's outputs, and the index of each. Immutable. */
final class LabelSet {
    private final List<String> names;
    private final Map<String, Integer> indices = new HashMap<>();

    /** @throws IllegalArgumentException if a label stands twice */
    LabelSet(List<String> names) {
        this.names = List.copyOf(names);
        for (String name : names) {
            if (indices.put(name, indices.size()) != null) {
                throw new IllegalArgumentException("label '" + name + "' stands twice");
            }
        }
    }

    /**
     * The labels that the project file lists.
     *
     * @return null if it lists none
     * @throws InputException if {@code labels} is not a list of two different labels or more
     */
    static LabelSet declared(TaskSpec spec) {
        Object setting = spec.settings().get("labels");
        if (setting == null) return null;
        List<String> names = new ArrayList<>();
        if (setting instanceof Collection<?> list) {
            for (Object name : list) names.add(String.valueOf(name).strip());
        }
        if (names.size() < 2 || names.stream().distinct().count() < names.size()) {
            throw new InputException("task '" + spec.name()
                    + "': labels must be a list of two different labels or more, such as [low, high]; it is "
                    + setting);
        }
        return new LabelSet(names);
    }

    static LabelSet restored(ObjectNode state) {
        List<String> names = new ArrayList<>();
        for (JsonNode name : state.withArray("labels")) names.add(name.asText());
        return new LabelSet(names);
    }

    void keep(ObjectNode state) {
        names.forEach(state.putArray("labels")::add);
    }

    List<String> names() {
        return names;
    }

    int size() {
        return names.size();
    }

    /** The label's index, or -1. */
    int index(String name) {
        return indices.getOrDefault(name, -1);
    }

    boolean has(String name) {
        return indices.containsKey(name);
    }

    /** Why a label is wrong, if it is: an empty list, or one message. */
    List<String> problems(String name) {
        if (has(name)) return List.of();
        return List.of("label '" + name + "' never occurs in training; " + Nearest.suggest(name, names));
    }

    /** A number for each label, in order. */
    Map<String, Double> scores(double[] values) {
        Map<String, Double> scores = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) scores.put(names.get(i), values[i]);
        return scores;
    }
}
