package dev.polymath.project;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** YAML values without their places: {@code Long}, {@code Double}, {@code Boolean}, {@code String}, lists and maps of them. */
final class PlainValues {
    private PlainValues() {}

    /** The knobs of a part: all its keys but {@code type}. */
    static Map<String, Object> knobs(Yaml.Mapping part, List<Problem> problems) {
        Map<String, Object> knobs = map(part, problems);
        knobs.remove("type");
        return knobs;
    }

    private static Map<String, Object> map(Yaml.Mapping mapping, List<Problem> problems) {
        Map<String, Object> values = new LinkedHashMap<>();
        mapping.entries().forEach((key, entry) -> {
            Object value = value(entry.value(), problems);
            if (value == null) problems.add(entry.place().problem("'" + key + "' has no value"));
            else values.put(key, value);
        });
        return values;
    }

    private static Object value(Yaml yaml, List<Problem> problems) {
        if (yaml instanceof Yaml.Scalar scalar) return scalar.value();
        if (yaml instanceof Yaml.Mapping mapping) return map(mapping, problems);
        List<Object> items = new ArrayList<>();
        for (Yaml item : ((Yaml.Sequence) yaml).items()) {
            Object value = value(item, problems);
            if (value == null) problems.add(item.place().problem("an element of a list has no value"));
            else items.add(value);
        }
        return List.copyOf(items);
    }
}
