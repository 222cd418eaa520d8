package dev.polymath.project;

import dev.polymath.data.Choices;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoublePredicate;

/** The keys of one mapping of the project file, with every problem of their types and ranges. */
public final class Fields {
    private final Yaml.Mapping mapping;
    private final String where;
    private final List<Problem> problems;

    /**
     * @param where what the mapping is, for messages: {@code train}, {@code task 'intent'}
     * @param valid the keys that it may have
     * @param problems takes what is wrong, unknown keys first
     */
    public Fields(Yaml.Mapping mapping, String where, Set<String> valid, List<Problem> problems) {
        this.mapping = mapping;
        this.where = where;
        this.problems = problems;
        mapping.entries().forEach((key, entry) -> {
            if (!valid.contains(key)) {
                problems.add(
                        entry.place().problem("unknown key '" + key + "' in " + where + Choices.instead(key, valid)));
            }
        });
    }

    public boolean has(String key) {
        return mapping.keys().contains(key);
    }

    /** The value of a key as text, or the default where the key is absent or wrong. */
    public String text(String key, String absent) {
        if (!has(key)) return absent;
        if (mapping.get(key) instanceof Yaml.Scalar scalar
                && scalar.text() != null
                && !scalar.text().isEmpty()) {
            return scalar.text();
        }
        return wrong(key, "a text", absent);
    }

    /** The value of a key as a number in a range, or the default where the key is absent or wrong. */
    public double number(String key, double absent, DoublePredicate range, String rangeText) {
        if (!has(key)) return absent;
        if (mapping.get(key) instanceof Yaml.Scalar scalar && scalar.value() instanceof Number number) {
            double value = number.doubleValue();
            if (Double.isFinite(value) && range.test(value)) return value;
        }
        return wrong(key, "a number " + rangeText, absent);
    }

    /** The value of a key as a whole number from a least one, or the default where the key is absent or wrong. */
    public long whole(String key, long absent, long least, long most) {
        if (!has(key)) return absent;
        if (mapping.get(key) instanceof Yaml.Scalar scalar
                && scalar.value() instanceof Long value
                && value >= least
                && value <= most) {
            return value;
        }
        String range = least == Long.MIN_VALUE ? "" : " of " + least + " or more";
        return wrong(key, "a whole number" + range, absent);
    }

    /** The value of a key as a constant written in small letters, or the default where the key is absent or wrong. */
    <E extends Enum<E>> E constant(String key, E absent) {
        String text = text(key, null);
        if (text == null) return absent;
        List<String> names = new ArrayList<>();
        for (E constant : absent.getDeclaringClass().getEnumConstants()) {
            String name = constant.name().toLowerCase(Locale.ROOT);
            if (name.equals(text)) return constant;
            names.add(name);
        }
        problems.add(mapping.get(key)
                .place()
                .problem("there is no " + key + " '" + text + "'" + Choices.instead(text, names)));
        return absent;
    }

    /** True or false, or the default where the key is absent or wrong. */
    public boolean flag(String key, boolean absent) {
        if (!has(key)) return absent;
        if (mapping.get(key) instanceof Yaml.Scalar scalar && scalar.value() instanceof Boolean value) return value;
        return wrong(key, "true or false", absent);
    }

    boolean holdsMapping(String key) {
        return has(key) && mapping.get(key) instanceof Yaml.Mapping;
    }

    /** Whether {@link #part} would find one. */
    boolean holdsPart(String key) {
        return has(key) && mapping.get(key) instanceof Yaml.Mapping part && part.get("type") instanceof Yaml.Scalar;
    }

    /** A part: {@code name} or {@code {type: name, knob: value}}. */
    PartSpec part(String key, PartSpec absent) {
        if (!has(key)) return absent;
        PartSpec part = part(mapping.get(key));
        return part != null ? part : wrong(key, "a part: a name, or {type: name, knob: value}", absent);
    }

    /** Knobs alone, as a part of the key's own name; null where the key is absent or wrong. */
    PartSpec section(String key) {
        Yaml.Mapping below = mapping(key, "{widths: [256, 64]}");
        return below == null ? null : new PartSpec(key, PlainValues.knobs(below, problems));
    }

    /** A list of parts, or one of them alone; none where the key is absent or wrong. */
    List<PartSpec> parts(String key) {
        if (!has(key)) return List.of();
        List<Yaml> items = mapping.get(key) instanceof Yaml.Sequence list ? list.items() : List.of(mapping.get(key));
        List<PartSpec> parts = new ArrayList<>();
        for (Yaml item : items) {
            PartSpec part = part(item);
            if (part == null) {
                problems.add(item.place()
                        .problem("'" + key + "' in " + where
                                + " must be a list of parts: names, or {type: name, knob: value}"));
            } else {
                parts.add(part);
            }
        }
        return parts;
    }

    /** Null if it is none. */
    private PartSpec part(Yaml value) {
        if (value instanceof Yaml.Mapping part && part.get("type") instanceof Yaml.Scalar type && type.text() != null) {
            return new PartSpec(type.text(), PlainValues.knobs(part, problems));
        }
        boolean name = value instanceof Yaml.Scalar scalar && scalar.value() instanceof String text && !text.isBlank();
        return name ? new PartSpec(((Yaml.Scalar) value).text(), Map.of()) : null;
    }

    /** The mapping below a key, or null where the key is absent or wrong. */
    public Yaml.Mapping mapping(String key, String example) {
        if (!has(key)) return null;
        if (mapping.get(key) instanceof Yaml.Mapping below) return below;
        return wrong(key, "a mapping such as " + example, null);
    }

    /** The value of a key as text or as a list of texts, or null where the key is absent or wrong. */
    Object textOrTexts(String key) {
        if (!has(key)) return null;
        if (!(mapping.get(key) instanceof Yaml.Sequence list)) return text(key, null);
        List<String> texts = new ArrayList<>();
        for (Yaml item : list.items()) {
            if (!(item instanceof Yaml.Scalar scalar) || scalar.text() == null) {
                return wrong(key, "a list of texts", null);
            }
            texts.add(scalar.text());
        }
        return List.copyOf(texts);
    }

    /** Reports the keys that must be there and are not. */
    public boolean require(Collection<String> keys) {
        boolean all = true;
        for (String key : keys) {
            if (has(key)) continue;
            problems.add(mapping.place().problem(where + " lacks '" + key + "'"));
            all = false;
        }
        return all;
    }

    private <V> V wrong(String key, String expected, V absent) {
        Yaml value = mapping.get(key);
        problems.add(value.place()
                .problem("'" + key + "' in " + where + " must be " + expected + ", not " + value.described()));
        return absent;
    }
}
