package dev.polymath.project;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A task as the project file declares it.
 *
 * @param name its name
 * @param type its kind
 * @param train training data, absolute; never null
 * @param dev held-out data for choosing, or null: then a tenth of the training data
 * @param test data for the report, or null
 * @param settings the kind's own keys as written, values as strings, lists of strings ({@code labels}) or parts
 *     ({@code loss})
 * @param line the line of the project file where it stands, from 1
 */
public record TaskSpec(
        String name, String type, Path train, Path dev, Path test, Map<String, Object> settings, int line) {

    /** A setting as text, or null. */
    public String setting(String key) {
        Object value = settings.get(key);
        return value == null ? null : value.toString();
    }

    /** A setting as a list of texts: one alone, several, or none. */
    public List<String> texts(String key) {
        Object value = settings.get(key);
        if (value instanceof List<?> list)
            return list.stream().map(String::valueOf).toList();
        return value == null ? List.of() : List.of(value.toString());
    }

    /** A setting that is a part; that of the standard name where the file gives none. */
    public PartSpec part(String key, String standard) {
        Object value = settings.get(key);
        if (value instanceof PartSpec part) return part;
        return new PartSpec(value == null ? standard : value.toString(), Map.of());
    }
}
