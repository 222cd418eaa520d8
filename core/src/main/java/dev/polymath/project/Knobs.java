package dev.polymath.project;

import dev.polymath.InputException;
import dev.polymath.Nearest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A part's knobs as the project file gives them, with defaults for those that it does not give; all in range. */
public final class Knobs {
    private final Map<String, Object> values = new HashMap<>();

    /**
     * @param part what the part is called in messages
     * @throws InputException if a knob is unknown, of the wrong type or out of range
     */
    Knobs(String part, List<Knob> knobs, Map<String, Object> given) {
        List<String> names = knobs.stream().map(Knob::name).toList();
        for (String name : given.keySet()) {
            if (names.contains(name)) continue;
            throw new InputException(part + ": there is no knob '" + name + "'; "
                    + (names.isEmpty() ? "it has none" : Nearest.suggest(name, names)));
        }
        for (Knob knob : knobs) {
            Object value = given.get(knob.name());
            Object read = value == null ? knob.standard() : knob.range().read(value);
            if (value != null && read == null) throw new InputException(part + ": " + knob.wrong(value));
            values.put(knob.name(), read);
        }
    }

    public double number(String knob) {
        return (Double) known(knob);
    }

    public int whole(String knob) {
        return (int) number(knob);
    }

    public String choice(String knob) {
        return (String) known(knob);
    }

    public boolean flag(String knob) {
        return (Boolean) known(knob);
    }

    @SuppressWarnings("unchecked")
    public List<Integer> wholes(String knob) {
        return ((List<Double>) known(knob)).stream().map(Double::intValue).toList();
    }

    @SuppressWarnings("unchecked")
    public Map<String, Double> byTask(String knob) {
        return (Map<String, Double>) known(knob);
    }

    @SuppressWarnings("unchecked")
    public List<String> texts(String knob) {
        return (List<String>) known(knob);
    }

    @SuppressWarnings("unchecked")
    public Map<String, List<String>> textsByTask(String knob) {
        return (Map<String, List<String>>) known(knob);
    }

    public PartSpec part(String knob) {
        return (PartSpec) known(knob);
    }

    /** All of them by name, but for those that have neither a value nor a default. */
    Map<String, Object> all() {
        Map<String, Object> all = new HashMap<>(values);
        all.values().removeIf(Objects::isNull);
        return all;
    }

    private Object known(String knob) {
        if (!values.containsKey(knob)) throw new IllegalArgumentException("the part does not declare a knob " + knob);
        return values.get(knob);
    }
}
