package dev.polymath.project;

import java.util.Map;

/**
 * A part as the project file names it: {@code name} or {@code {type: name, knob: value}}.
 *
 * @param type the part's name in the catalogue
 * @param knobs its knobs as written: numbers, booleans, strings, lists
 */
public record PartSpec(String type, Map<String, Object> knobs) {
    public PartSpec {
        knobs = Map.copyOf(knobs);
    }
}
