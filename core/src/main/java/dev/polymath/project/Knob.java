package dev.polymath.project;

import dev.polymath.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A setting of a part: its name in the project file, what it is without being given, and what it may be. The one place
 * where a default stands.
 *
 * @param name its name
 * @param standard its value where the project file does not give it; null where there is none
 * @param summary what it is, with its unit
 * @param range what values it takes
 */
public record Knob(String name, Object standard, String summary, Range range) {
    /** The values that a knob takes. */
    @FunctionalInterface
    public interface Range {
        /**
         * The value as the part reads it.
         *
         * @param value as the project file gives it: Long, Double, Boolean, String, List, Map
         * @return null if it is no such value
         */
        Object read(Object value);

        /** What is expected, to follow "must be". */
        default String expected() {
            return "another value";
        }
    }

    private record Numbers(double least, double most, boolean whole) implements Range {
        @Override
        public Object read(Object value) {
            if (!(value instanceof Number number)) return null;
            double given = number.doubleValue();
            if (!(given >= least && given <= most) || whole && given != Math.rint(given)) return null;
            return given;
        }

        @Override
        public String expected() {
            String range = " from " + plain(least) + " to " + plain(most);
            return (whole ? "a whole number" : "a number") + range;
        }

        private static String plain(double number) {
            return number == Math.rint(number) && Math.abs(number) < 1e9
                    ? String.valueOf((long) number)
                    : String.valueOf(number);
        }
    }

    private record Choice(List<String> choices) implements Range {
        @Override
        public Object read(Object value) {
            return choices.contains(value) ? value : null;
        }

        @Override
        public String expected() {
            return "one of " + String.join(", ", choices);
        }
    }

    private record Flags() implements Range {
        @Override
        public Object read(Object value) {
            return value instanceof Boolean ? value : null;
        }

        @Override
        public String expected() {
            return "true or false";
        }
    }

    private record NumberList(Numbers each) implements Range {
        @Override
        public Object read(Object value) {
            if (!(value instanceof List<?> list) || list.isEmpty()) return null;
            List<Double> numbers = new ArrayList<>();
            for (Object item : list) {
                if (!(each.read(item) instanceof Double number)) return null;
                numbers.add(number);
            }
            return List.copyOf(numbers);
        }

        @Override
        public String expected() {
            return "a list of whole numbers" + each.expected().replaceFirst("^a whole number", "");
        }
    }

    private record NumbersByName(Numbers each) implements Range {
        @Override
        public Object read(Object value) {
            if (!(value instanceof Map<?, ?> map)) return null;
            Map<String, Double> numbers = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (!(each.read(entry.getValue()) instanceof Double number)) return null;
                numbers.put((String) entry.getKey(), number);
            }
            return numbers;
        }

        @Override
        public String expected() {
            String numbers = each.whole ? "whole numbers" : "numbers";
            return "a mapping from names of tasks to " + numbers
                    + each.expected().replaceFirst("^a (whole )?number", "");
        }
    }

    private record TextsByName(Texts each) implements Range {
        @Override
        public Object read(Object value) {
            if (!(value instanceof Map<?, ?> map)) return null;
            Map<String, List<?>> lists = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (!(each.read(entry.getValue()) instanceof List<?> texts)) return null;
                lists.put((String) entry.getKey(), texts);
            }
            return lists;
        }

        @Override
        public String expected() {
            return "a mapping from names of tasks to lists of texts";
        }
    }

    private record Texts() implements Range {
        @Override
        public Object read(Object value) {
            if (value instanceof String text) return List.of(text);
            if (!(value instanceof List<?> list)) return null;
            return list.stream().allMatch(String.class::isInstance) ? list : null;
        }

        @Override
        public String expected() {
            return "a list of texts";
        }
    }

    private record Names(List<String> valid) implements Range {
        @Override
        public Object read(Object value) {
            Object names = new Texts().read(value);
            return names instanceof List<?> list && !list.isEmpty() && valid.containsAll(list)
                    ? list.stream().distinct().toList()
                    : null;
        }

        @Override
        public String expected() {
            return "a list out of " + String.join(", ", valid);
        }
    }

    private record PartRange() implements Range {
        @Override
        public Object read(Object value) {
            if (value instanceof String name) return new PartSpec(name, Map.of());
            if (!(value instanceof Map<?, ?> map) || !(map.get("type") instanceof String type)) return null;
            Map<String, Object> knobs = new LinkedHashMap<>();
            map.forEach((key, knob) -> {
                if (!key.equals("type")) knobs.put((String) key, knob);
            });
            return new PartSpec(type, knobs);
        }

        @Override
        public String expected() {
            return "a part: a name, or {type: name, knob: value}";
        }
    }

    /** A number from {@code least} to {@code most}. */
    public static Knob number(String name, double standard, double least, double most, String summary) {
        return new Knob(name, standard, summary, new Numbers(least, most, false));
    }

    /** A whole number from {@code least} to {@code most}. */
    public static Knob whole(String name, int standard, int least, int most, String summary) {
        return new Knob(name, (double) standard, summary, new Numbers(least, most, true));
    }

    /** Whole numbers from {@code least} to {@code most}, at least one; none without being given. */
    public static Knob wholes(String name, int least, int most, String summary) {
        return new Knob(name, List.of(), summary, new NumberList(new Numbers(least, most, true)));
    }

    /** One of a few names. */
    public static Knob choice(String name, String standard, List<String> choices, String summary) {
        return new Knob(name, standard, summary, new Choice(List.copyOf(choices)));
    }

    /** True or false. */
    public static Knob flag(String name, boolean standard, String summary) {
        return new Knob(name, standard, summary, new Flags());
    }

    /** A number for each of some tasks; none without being given. */
    public static Knob byTask(String name, double least, double most, String summary) {
        return new Knob(name, Map.of(), summary, new NumbersByName(new Numbers(least, most, false)));
    }

    /** A whole number for each of some tasks; none without being given. */
    public static Knob wholeByTask(String name, int least, int most, String summary) {
        return new Knob(name, Map.of(), summary, new NumbersByName(new Numbers(least, most, true)));
    }

    /** Some texts; none without being given. */
    public static Knob texts(String name, String summary) {
        return new Knob(name, List.of(), summary, new Texts());
    }

    /** Some texts for each of some tasks; none without being given. */
    public static Knob textsByTask(String name, String summary) {
        return new Knob(name, Map.of(), summary, new TextsByName(new Texts()));
    }

    /** Some out of a few names, at least one. */
    public static Knob names(String name, List<String> standard, List<String> valid, String summary) {
        return new Knob(name, List.copyOf(standard), summary, new Names(List.copyOf(valid)));
    }

    /** Another part. */
    public static Knob part(String name, String standard, String summary) {
        return new Knob(name, new PartSpec(standard, Map.of()), summary, new PartRange());
    }

    /** Its name with its default, as {@code polymath parts} shows it. */
    public String described() {
        if (standard instanceof PartSpec part) return name + "=" + part.type();
        if (standard instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e9) {
            return name + "=" + number.longValue();
        }
        boolean none = standard == null
                || standard instanceof Map<?, ?> map && map.isEmpty()
                || standard instanceof List<?> list && list.isEmpty();
        return none ? name : name + "=" + standard;
    }

    /** What is wrong with a value that {@link Range#read} does not take. */
    String wrong(Object value) {
        String nearest = value instanceof String text && range instanceof Choice choice
                ? "; " + Nearest.suggest(text, choice.choices())
                : "";
        return name + " is " + value + "; it must be " + range.expected() + nearest;
    }
}
