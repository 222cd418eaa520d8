package dev.polymath.project;

import dev.polymath.InputException;
import dev.polymath.Nearest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parts of one kind that a project file may name. */
public final class Catalogue<P> {
    private final String kind;
    private final Map<String, Part<? extends P>> parts = new LinkedHashMap<>();

    /** @param kind the project file's key that names a part of this kind */
    @SafeVarargs
    public Catalogue(String kind, Part<? extends P>... parts) {
        this.kind = kind;
        for (Part<? extends P> part : parts) {
            if (this.parts.put(part.name(), part) != null) {
                throw new IllegalArgumentException("two parts are named " + part.name());
            }
        }
    }

    public String kind() {
        return kind;
    }

    public List<Part<? extends P>> parts() {
        return List.copyOf(parts.values());
    }

    /** @throws InputException if there is no such part, or a knob is unknown, of the wrong type or out of range */
    public P make(PartSpec spec) {
        Part<? extends P> part = part(spec);
        return part.make().apply(knobs(part, spec));
    }

    /**
     * A part with all its knobs, those that it leaves out at their defaults: two that mean the same are equal so.
     *
     * @throws InputException as {@link #make}
     */
    public PartSpec complete(PartSpec spec) {
        return new PartSpec(spec.type(), knobs(part(spec), spec).all());
    }

    private Part<? extends P> part(PartSpec spec) {
        Part<? extends P> part = parts.get(spec.type());
        if (part != null) return part;
        throw new InputException(
                kind + ": there is no '" + spec.type() + "'; " + Nearest.suggest(spec.type(), parts.keySet()));
    }

    private Knobs knobs(Part<? extends P> part, PartSpec spec) {
        return new Knobs(kind + " " + part.name(), part.knobs(), spec.knobs());
    }
}
