package dev.polymath.pooling;

import dev.polymath.model.Hidden;
import dev.polymath.model.Reading;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import java.util.List;
import java.util.Locale;

/** Which layers' states tokens are taken from. */
enum States {
    /** The last layer's. */
    LAST,
    /** The mean of the first layer's and the last one's. */
    FIRST_LAST;

    private static final String KNOB = "over";

    static Knob knob(States standard) {
        return Knob.choice(
                KNOB,
                standard.key(),
                List.of(LAST.key(), FIRST_LAST.key()),
                "the last layer's states, or the mean of the first layer's and the last one's");
    }

    static States of(Knobs knobs) {
        return knobs.choice(KNOB).equals(LAST.key()) ? LAST : FIRST_LAST;
    }

    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Reading reading(int layers) {
        return this == LAST ? Reading.of(layers) : new Reading(List.of(1, layers), List.of());
    }

    /** {@code [rows, tokens, width]}, of what {@link #reading} names. */
    <T> T of(Ops<T> ops, Hidden<T> hidden) {
        if (this == LAST) return hidden.last();
        return ops.scale(ops.add(hidden.layers().get(0), hidden.last()), 0.5);
    }
}
