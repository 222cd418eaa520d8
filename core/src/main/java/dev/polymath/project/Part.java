package dev.polymath.project;

import java.util.List;
import java.util.function.Function;

/**
 * An entry of a catalogue: a part that one line of the project file names.
 *
 * @param name its name in the project file
 * @param summary one line
 * @param paper where it comes from; empty where it is nobody's
 * @param knobs its settings with their defaults
 * @param make makes it from its knobs
 */
public record Part<P>(String name, String summary, String paper, List<Knob> knobs, Function<Knobs, P> make) {
    public Part {
        knobs = List.copyOf(knobs);
    }

    public static <P> Part<P> of(String name, String summary, String paper, Function<Knobs, P> make, Knob... knobs) {
        return new Part<>(name, summary, paper, List.of(knobs), make);
    }
}
