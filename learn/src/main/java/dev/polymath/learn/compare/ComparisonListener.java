package dev.polymath.learn.compare;

import dev.polymath.learn.TrainingListener;

/** Hears how a comparison goes on; runs are numbered from 1. */
public interface ComparisonListener {
    /** Nobody listens. */
    ComparisonListener NONE = new ComparisonListener() {};

    /** The comparison begins, of so many runs. */
    default void begin(int runs) {}

    /** A run is trained; gives who hears of its steps. */
    default TrainingListener training(int number, Run run) {
        return TrainingListener.NONE;
    }

    /** A run is done, after so many seconds; 0 where its result was there already. */
    default void done(int number, Run run, RunResult result, double seconds) {}

    /** A run failed; the others go on. */
    default void failed(int number, Run run, Throwable failure) {}
}
