package dev.polymath.bench;

import dev.polymath.learn.TrainingListener;

/** Takes the rate of training steps, after some that it lets pass: the first load kernels and grow memory pools. */
final class Clock implements TrainingListener {
    private final int warmUp;
    private long step;
    private long tokens;
    private double seconds;

    /** @param warmUp steps that do not count */
    Clock(int warmUp) {
        this.warmUp = warmUp;
    }

    @Override
    public void step(long done, double loss, long read, double took) {
        step = done;
        if (done <= warmUp) return;
        tokens += read;
        seconds += took;
    }

    /** Steps done, those that do not count included. */
    long step() {
        return step;
    }

    /** Tokens a second, padding not counted. */
    double rate() {
        return tokens / seconds;
    }
}
