package dev.polymath.task;

import dev.polymath.InputException;
import dev.polymath.Nearest;
import dev.polymath.model.Hidden;
import dev.polymath.ops.Ops;
import java.util.List;
import java.util.Locale;

/** How the states of a row's tokens become one vector for the row. */
public enum Pooling {
    /** The mean over the tokens that are not padding (N. Reimers and I. Gurevych, 2019, arXiv:1908.10084). */
    MEAN,
    /** The state of the first token, {@code [CLS]} (J. Devlin et al., 2019, arXiv:1810.04805). */
    CLS;

    private static final List<String> KEYS = List.of("mean", "cls");

    /**
     * The way of pooling of that name.
     *
     * @param name {@code mean} or {@code cls}; null stands for {@code mean}
     * @throws InputException if there is no such way
     */
    public static Pooling named(String name) {
        if (name == null) return MEAN;
        int index = KEYS.indexOf(name);
        if (index < 0) {
            throw new InputException("there is no pooling '" + name + "'; " + Nearest.suggest(name, KEYS));
        }
        return values()[index];
    }

    /** Its name in the project file. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The last layer's states {@code [rows, tokens, width]} as {@code [rows, width]}. */
    public <T> T pool(Ops<T> ops, Hidden<T> hidden) {
        if (this == CLS) return ops.reshape(ops.slice(hidden.last(), 1, 0, 1), 0, -1);
        T mask = ops.reshape(ops.toFloat(hidden.mask()), 0, 0, 1);
        T sum = ops.sum(ops.multiply(hidden.last(), mask), 1, false);
        return ops.divide(sum, ops.atLeast(ops.sum(mask, 1, false), 1));
    }
}
