package dev.polymath.learn.compare;

/** A comparison was asked to stop; the same comparison goes on from there. */
public final class ComparisonStopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int run;
    private final int runs;

    ComparisonStopped(int run, int runs) {
        super("stopped in run " + run + " of " + runs);
        this.run = run;
        this.runs = runs;
    }

    /** The run that was not done, from 1. */
    public int run() {
        return run;
    }

    public int runs() {
        return runs;
    }
}
