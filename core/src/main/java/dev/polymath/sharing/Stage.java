package dev.polymath.sharing;

/**
 * The part of a run in which a weight is learned.
 *
 * @param from the progress at which that begins, a share of the run from 0 to 1
 * @param to the progress at which it is over; 1 for the run's end
 */
public record Stage(double from, double to) {
    /** From the first step to the last. */
    public static final Stage ALWAYS = new Stage(0, 1);

    /** A weight that stays as it is. */
    public static final Stage NEVER = new Stage(0, 0);

    public Stage {
        if (!(from >= 0 && from <= to && to <= 1))
            throw new IllegalArgumentException("a stage from " + from + " to " + to);
    }

    /** Whether a step belongs to it, before which a share {@code progress} of the run lies; 0 to 1, and less than 1. */
    public boolean at(double progress) {
        return progress >= from && progress < to;
    }

    /** Whether no step belongs to it. */
    public boolean isEmpty() {
        return from == to;
    }
}
