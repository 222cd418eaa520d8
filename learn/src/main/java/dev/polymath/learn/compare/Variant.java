package dev.polymath.learn.compare;

import dev.polymath.project.Assignment;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One way to train a project: what it sets that others set otherwise.
 *
 * @param name what it sets, {@code balance=gradnorm, sharing=hard}
 * @param settings in the order to apply them in; none for the project as its file has it
 */
public record Variant(String name, List<Assignment> settings) {
    public Variant {
        settings = List.copyOf(settings);
    }

    /** Named by its settings. */
    public static Variant of(List<Assignment> settings) {
        String name = settings.stream().map(Assignment::toString).collect(Collectors.joining(", "));
        return new Variant(name.isEmpty() ? "as it is" : name, settings);
    }
}
