package dev.polymath.project;

import dev.polymath.data.Label;
import java.util.List;

/** The names in a label, whatever its kind; none in a number. */
final class LabelNames {
    private LabelNames() {}

    static List<String> of(Label label) {
        if (label instanceof Label.Name one) return List.of(one.name());
        if (label instanceof Label.Names several) return several.names();
        if (label instanceof Label.Tags tags) return tags.tags();
        return List.of();
    }
}
