package dev.polymath.task;

import dev.polymath.InputException;
import dev.polymath.Nearest;
import dev.polymath.model.Hidden;
import dev.polymath.ops.Ops;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How the states of a row's tokens become one vector for the row. */
public enum Pooling {
    /** The mean over the tokens that are not padding (N. Reimers and I. Gurevych, 2019, arXiv:1908.10084). */
    MEAN,
    /** The state of the first token, {@code [CLS]} (J. Devlin et al., 2019, arXiv:1810.04805). */
    CLS,
    /** The largest value of each dimension over the tokens that are not padding (N. Reimers and I. Gurevych, 2019). */
    MAX,
    /** The mean in which the i-th token counts i times (N. Muennighoff, SGPT, 2022, arXiv:2202.08904). */
    WEIGHTED,
    /**
     * The mean in which a token counts {@code softmax(h u)}, with a vector {@code u [width]} of the task's own; at first all
     * count alike (K. Lin et al., 2017, arXiv:1703.03130).
     */
    ATTENTION;

    private static final List<String> KEYS = List.of("mean", "cls", "max", "weighted", "attention");
    /** Added to what padding has: {@code exp} of it is 0, and no state is as low. */
    private static final double NEVER = -1e4;

    /**
     * The way of pooling of that name.
     *
     * @param name one of {@code mean}, {@code cls}, {@code max}, {@code weighted}, {@code attention}; null stands for {@code mean}
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

    /** A task's head with the weights that its way of pooling has, {@code heads.NAME.pooling}. */
    Weights with(Weights head, String task, int width) {
        return this == ATTENTION ? head.with(new Weights(Map.of(weight(task), Array.zeros(width)))) : head;
    }

    private static String weight(String task) {
        return "heads." + task + ".pooling";
    }

    /**
     * The last layer's states {@code [rows, tokens, width]} as {@code [rows, width]}.
     *
     * @param task whose weights are read, where there are some
     */
    public <T> T pool(Ops<T> ops, Hidden<T> hidden, String task) {
        T mask = ops.reshape(ops.toFloat(hidden.mask()), 0, 0, 1);
        return switch (this) {
            case MEAN -> mean(ops, hidden.last(), mask);
            case CLS -> ops.reshape(ops.slice(hidden.last(), 1, 0, 1), 0, -1);
            case MAX -> ops.max(ops.add(hidden.last(), ops.affine(mask, -NEVER, NEVER)), 1, false);
            case WEIGHTED -> {
                T places = ops.affine(ops.toFloat(ops.positions(hidden.mask())), 1, 1);
                yield mean(ops, hidden.last(), ops.multiply(mask, ops.reshape(places, -1, 1)));
            }
            case ATTENTION -> {
                T scores = ops.matmul(hidden.last(), ops.reshape(ops.weight(weight(task)), -1, 1));
                T shares = ops.softmax(ops.add(scores, ops.affine(mask, -NEVER, NEVER)), 1);
                yield ops.sum(ops.multiply(hidden.last(), shares), 1, false);
            }
        };
    }

    private static <T> T mean(Ops<T> ops, T states, T counts) {
        T sum = ops.sum(ops.multiply(states, counts), 1, false);
        return ops.divide(sum, ops.atLeast(ops.sum(counts, 1, false), 1));
    }
}
