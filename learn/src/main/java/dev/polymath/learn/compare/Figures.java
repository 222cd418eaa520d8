package dev.polymath.learn.compare;

import java.util.Locale;

/**
 * Numbers as they are shown: metrics times 100 with one decimal, a true minus sign, a dash for what there is not.
 */
final class Figures {
    static final String NONE = "–";
    private static final char MINUS = '\u2212';

    private Figures() {}

    /** Such as {@code 84.3}. */
    static String percent(double value) {
        return number(100 * value, "%.1f");
    }

    /** Such as {@code 84.3 ± 1.2}; without the second part for a single value. */
    static String interval(Interval interval) {
        String mean = percent(interval.mean());
        return Double.isNaN(interval.half()) ? mean : mean + " ± " + percent(interval.half());
    }

    /** Such as {@code +0.4}. */
    static String signed(double value) {
        return number(100 * value, "%+.1f");
    }

    /** Such as {@code [−0.2, +1.0]}; empty without an interval. */
    static String range(Difference difference) {
        if (Double.isNaN(difference.low())) return "";
        return "[" + signed(difference.low()) + ", " + signed(difference.high()) + "]";
    }

    /** Such as {@code 0.012} or {@code <0.001}. */
    static String p(double value) {
        if (value < 0.001) return "<0.001";
        return number(value, value < 0.1 ? "%.3f" : "%.2f");
    }

    /** Such as {@code 22.7 M}. */
    static String count(double value) {
        if (value >= 1e9) return number(value / 1e9, "%.2f") + " G";
        if (value >= 1e6) return number(value / 1e6, "%.1f") + " M";
        if (value >= 1e4) return number(value / 1e3, "%.0f") + " k";
        return number(value, "%.0f");
    }

    /** Such as {@code 8,412}. */
    static String rate(double value) {
        return number(value, "%,.0f");
    }

    /** Such as {@code 12.3 s}, {@code 3 min 12 s} or {@code 1 h 05 min}. */
    static String time(double seconds) {
        if (!Double.isFinite(seconds)) return NONE;
        if (seconds < 59.95) return number(seconds, "%.1f") + " s";
        long whole = Math.round(seconds);
        if (whole < 3600) return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
        long minutes = Math.round(seconds / 60);
        return String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
    }

    /** Such as {@code 512 MiB} or {@code 1.9 GiB}. */
    static String memory(double mebibytes) {
        if (!Double.isFinite(mebibytes)) return NONE;
        return mebibytes < 1023.5 ? number(mebibytes, "%.0f") + " MiB" : number(mebibytes / 1024, "%.1f") + " GiB";
    }

    /** In plain ASCII, for terminals that have no more; a dash becomes a hyphen. */
    static String ascii(String figures) {
        return figures.replace(MINUS, '-').replace(NONE, "-").replace("±", "+/-");
    }

    private static String number(double value, String format) {
        if (!Double.isFinite(value)) return NONE;
        String text = String.format(Locale.ROOT, format, value);
        // "-0.0" says that something is below 0 where nothing is seen to be.
        boolean zero = text.chars().noneMatch(digit -> digit >= '1' && digit <= '9');
        if (zero) text = text.replace("-", "").replace("+", "");
        return text.replace('-', MINUS);
    }
}
