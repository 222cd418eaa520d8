package dev.polymath.run;

import java.nio.file.Path;

/** Where Polymath keeps what it can make again. */
public final class UserCache {
    private UserCache() {}

    /** {@code $XDG_CACHE_HOME/polymath}, or {@code ~/.cache/polymath}. */
    public static Path folder() {
        String cache = System.getenv("XDG_CACHE_HOME");
        boolean given = cache != null && Path.of(cache).isAbsolute();
        return (given ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache")).resolve("polymath");
    }
}
