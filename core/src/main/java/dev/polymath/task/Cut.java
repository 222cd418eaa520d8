package dev.polymath.task;

import dev.polymath.InputException;

/**
 * Which vector of a text is asked for, of those that a task gives.
 *
 * @param dimensions its first so many numbers, at length 1 again; 0 for all
 * @param depth of the state behind so many layers, and no layer above is computed; 0 for all
 */
public record Cut(int dimensions, int depth) {
    /** The whole vector. */
    public static final Cut NONE = new Cut(0, 0);

    public Cut {
        require("dimensions", dimensions);
        require("depth", depth);
    }

    private static void require(String name, int value) {
        if (value < 0) throw new InputException(name + " is " + value + "; it must be 1 or more, or 0 for all");
    }

    public boolean isNone() {
        return equals(NONE);
    }
}
