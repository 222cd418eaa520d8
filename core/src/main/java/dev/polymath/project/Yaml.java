package dev.polymath.project;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A YAML value that knows where it stands. */
public sealed interface Yaml {
    /** Texts that read as themselves without quotes: nothing that YAML takes for a number, a truth or nothing. */
    Pattern PLAIN = Pattern.compile("(?!(?i:true|false|null|yes|no|on|off|y|n)$)[A-Za-z_./][A-Za-z0-9_./+-]*");

    Place place();

    /** What it is, for messages: {@code a list}, {@code 'text'}. */
    String described();

    /** The value on one line, as {@code --set} takes it: {@code {type: gradnorm, alpha: 1}}. */
    String flow();

    /**
     * A single value.
     *
     * @param text as written, without quotes; null for no value
     * @param value a {@code Long}, {@code Double}, {@code Boolean} or {@code String}; null for no value
     */
    record Scalar(Place place, String text, Object value) implements Yaml {
        @Override
        public String described() {
            return text == null ? "nothing" : "'" + text + "'";
        }

        @Override
        public String flow() {
            if (text == null) return "null";
            if (!(value instanceof String) || PLAIN.matcher(text).matches()) return text;
            return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
        }
    }

    record Sequence(Place place, List<Yaml> items) implements Yaml {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String described() {
            return "a list";
        }

        @Override
        public String flow() {
            return items.stream().map(Yaml::flow).collect(Collectors.joining(", ", "[", "]"));
        }
    }

    /** Keys with their values, in the order of the file. */
    record Mapping(Place place, Map<String, Entry> entries) implements Yaml {
        public Mapping {
            entries = new LinkedHashMap<>(entries);
        }

        @Override
        public String described() {
            return "a mapping";
        }

        @Override
        public String flow() {
            return entries.entrySet().stream()
                    .map(entry -> entry.getKey() + ": " + entry.getValue().value.flow())
                    .collect(Collectors.joining(", ", "{", "}"));
        }

        public Set<String> keys() {
            return entries.keySet();
        }

        /** The value of a key, or null. */
        public Yaml get(String key) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.value;
        }

        /** This mapping with one more or another value; a key of the file keeps its line where its value does. */
        Mapping with(String key, Yaml value) {
            Mapping changed = new Mapping(place, entries);
            boolean kept = entries.containsKey(key) && value.place().argument() == null;
            Place at = kept ? entries.get(key).place() : value.place();
            changed.entries.put(key, new Entry(at, value));
            return changed;
        }
    }

    /** A value and the place of its key. */
    record Entry(Place place, Yaml value) {}
}
