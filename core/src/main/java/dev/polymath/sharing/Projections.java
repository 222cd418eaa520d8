package dev.polymath.sharing;

import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Projection;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The projections that a part plugs into, out of those of a layer; the same in every layer from one on.
 *
 * @param names within a layer, of {@link #NAMES}
 * @param below how many layers, from below, are left as they are
 */
record Projections(List<String> names, int below) {
    /** Their names within a layer, in the order of the computation. */
    static final List<String> NAMES =
            List.of("attention.query", "attention.key", "attention.value", "attention.output", "ffn.in", "ffn.out");

    private static final String SITES = "sites";
    private static final String FIRST = "first_layer";

    Projections {
        names = List.copyOf(names);
    }

    /** Those of all layers. */
    Projections(List<String> names) {
        this(names, 0);
    }

    /** As the knobs {@link #knob} and {@link #first} say. */
    static Projections of(Knobs knobs) {
        return of(knobs.texts(SITES), knobs);
    }

    /** Those of the names, from the layer on that the knob {@link #first} says. */
    static Projections of(List<String> names, Knobs knobs) {
        return new Projections(names, knobs.whole(FIRST) - 1);
    }

    /** The knob that names them: queries and values, unless the project names others. */
    static Knob knob(String summary) {
        return Knob.names(SITES, List.of("attention.query", "attention.value"), NAMES, summary);
    }

    /** The knob for the first layer that has some. */
    static Knob first() {
        return Knob.whole(
                FIRST, 1, 1, 1024, "the first layer with weights of a task's own; those below are passed once");
    }

    /** All of a backbone's by their sites' names, from below. */
    Map<String, Projection> of(Backbone backbone) {
        Map<String, Projection> chosen = new LinkedHashMap<>();
        backbone.projections().forEach((site, projection) -> {
            if (layer(site) < below) return;
            if (names.stream().anyMatch(name -> site.endsWith("." + name))) chosen.put(site, projection);
        });
        return chosen;
    }

    /** @throws InputException if the backbone has no layer that is changed */
    void check(Backbone backbone) {
        if (below < backbone.layers()) return;
        throw new InputException(
                FIRST + " is " + (below + 1) + ", but the backbone has " + backbone.layers() + " layers");
    }

    /** The number in {@code layer.3.attention.query}. */
    private static int layer(String site) {
        int from = site.indexOf('.') + 1;
        return Integer.parseInt(site.substring(from, site.indexOf('.', from)));
    }
}
