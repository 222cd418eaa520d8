package dev.polymath.learn.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A linear axis: values to pixels, and where its ticks are.
 *
 * @param low the value at {@code start}
 * @param high the value at {@code end}, above {@code low}
 * @param start in pixels
 * @param end in pixels; may lie before {@code start}, as upward axes do
 */
record Axis(double low, double high, double start, double end) {
    /**
     * The axis that just holds the values, with a margin of a twentieth; NaN are passed over.
     *
     * @param least width in values, so that noise is not blown up to a landscape
     */
    static Axis around(List<Double> values, double least, double start, double end) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            if (!Double.isFinite(value)) continue;
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        if (low > high) return new Axis(0, 1, start, end);
        double margin = Math.max((high - low) / 20, (least - (high - low)) / 2);
        return new Axis(low - margin, high + margin, start, end);
    }

    /** Pixels; values beyond the ends come to the ends. */
    double at(double value) {
        double share = (value - low) / (high - low);
        return start + Math.max(0, Math.min(1, share)) * (end - start);
    }

    boolean holds(double value) {
        return value >= low && value <= high;
    }

    /**
     * Round values within the axis, steps of 1, 2 or 5 times a power of ten.
     *
     * @param most that many at most, 2 or more
     */
    List<Double> ticks(int most) {
        double step = step(most);
        List<Double> ticks = new ArrayList<>();
        // Of whole numbers, so that errors do not add up along the axis.
        for (long tick = (long) Math.ceil(low / step - 1e-9); tick * step <= high + 1e-9 * step; tick++) {
            ticks.add(tick * step);
        }
        return ticks;
    }

    /** A tick's label, with as many decimals as its neighbours need to differ. */
    String label(double tick, int most) {
        int decimals = (int) Math.max(0, Math.ceil(-Math.log10(step(most)) - 1e-9));
        return String.format(Locale.ROOT, "%." + decimals + "f", tick + 0.0).replace('-', '\u2212');
    }

    private double step(int most) {
        double least = (high - low) / most;
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (int factor : new int[] {1, 2, 5}) if (factor * power >= least) return factor * power;
        return 10 * power;
    }
}
