package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Projection;
import dev.polymath.project.Knob;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The projections that a part plugs into, out of those of a layer; the same in every layer. */
final class Projections {
    /** Their names within a layer, in the order of the computation. */
    static final List<String> NAMES =
            List.of("attention.query", "attention.key", "attention.value", "attention.output", "ffn.in", "ffn.out");

    private static final String KNOB = "sites";

    private Projections() {}

    /** The knob that names them: queries and values, unless the project names others. */
    static Knob knob(String summary) {
        return Knob.names(KNOB, List.of("attention.query", "attention.value"), NAMES, summary);
    }

    /** All layers' by their sites' names, from below. */
    static Map<String, Projection> of(Backbone backbone, List<String> names) {
        Map<String, Projection> chosen = new LinkedHashMap<>();
        backbone.projections().forEach((site, projection) -> {
            if (names.stream().anyMatch(name -> site.endsWith("." + name))) chosen.put(site, projection);
        });
        return chosen;
    }
}
