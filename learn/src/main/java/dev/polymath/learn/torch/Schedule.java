package dev.polymath.learn.torch;

/**
 * The learning rate over the steps: a linear rise to the peak over the warm-up, then a linear fall to zero.
 *
 * @param peak the highest rate
 * @param warmup share of the steps in which it rises, 0 to 1
 * @param steps number of steps in all
 */
public record Schedule(double peak, double warmup, long steps) {
    /** The rate at a step, counted from 0. */
    public double rate(long step) {
        long rising = Math.round(warmup * steps);
        if (step < rising) return peak * (step + 1) / rising;
        return peak * Math.max(0, steps - step) / Math.max(1, steps - rising);
    }
}
