package dev.polymath.cli;

import java.util.Locale;

/** A number of seconds as people read it. */
final class Seconds {
    private Seconds() {}

    /** {@code 0:42}, {@code 3:07}, {@code 1:02:03}. */
    static String text(double seconds) {
        long whole = Math.round(seconds);
        return whole >= 3600
                ? String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }
}
