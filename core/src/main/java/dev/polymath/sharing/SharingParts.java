package dev.polymath.sharing;

import dev.polymath.InputException;
import dev.polymath.project.PartSpec;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The ways of sharing there are. A new one is one class and one line here. */
public final class SharingParts {
    private static final List<Part> ALL = List.of(new Part(
            "hard",
            "one backbone for all tasks, nothing of a task's own below its head",
            "Caruana 1997, Multitask Learning",
            knobs -> new Hard(),
            List.of()));

    /**
     * A part's entry in the catalogue.
     *
     * @param name what the project file calls it
     * @param summary what it does, in a line
     * @param paper author, year and title
     * @param make makes it from its knobs
     * @param knobs the names of its knobs
     */
    public record Part(
            String name,
            String summary,
            String paper,
            Function<Map<String, Object>, Sharing> make,
            List<String> knobs) {
        public Part {
            knobs = List.copyOf(knobs);
        }
    }

    private SharingParts() {}

    public static List<Part> all() {
        return ALL;
    }

    /** @throws InputException if there is no such part, or it has no such knob */
    public static Sharing of(PartSpec spec) {
        for (Part part : ALL) {
            if (!part.name().equals(spec.type())) continue;
            for (String knob : spec.knobs().keySet()) {
                if (part.knobs().contains(knob)) continue;
                throw new InputException("sharing '" + part.name() + "' has no knob '" + knob + "'; it has "
                        + (part.knobs().isEmpty() ? "none" : String.join(", ", part.knobs())));
            }
            return part.make().apply(spec.knobs());
        }
        throw new InputException("there is no sharing '" + spec.type() + "'; there are "
                + ALL.stream().map(Part::name).collect(Collectors.joining(", ")));
    }
}
