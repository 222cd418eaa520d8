package dev.polymath.project;

import dev.polymath.InputException;
import java.util.Map;

/** A part's knobs as the project file gives them, read with their defaults and ranges. */
public final class Knobs {
    private final String part;
    private final Map<String, Object> values;

    Knobs(String part, Map<String, Object> values) {
        this.part = part;
        this.values = values;
    }

    /** A number from {@code least} to {@code most}. */
    public double number(String knob, double standard, double least, double most) {
        Object value = values.get(knob);
        if (value == null) return standard;
        if (!(value instanceof Number number)) throw wrong(knob, value, "a number");
        double given = number.doubleValue();
        if (!(given >= least && given <= most)) throw wrong(knob, value, "from " + least + " to " + most);
        return given;
    }

    /** A whole number from {@code least} to {@code most}. */
    public int whole(String knob, int standard, int least, int most) {
        double given = number(knob, standard, least, most);
        if (given != Math.rint(given)) throw wrong(knob, given, "a whole number");
        return (int) given;
    }

    private InputException wrong(String knob, Object value, String expected) {
        return new InputException(part + ": " + knob + " is " + value + "; it must be " + expected);
    }
}
