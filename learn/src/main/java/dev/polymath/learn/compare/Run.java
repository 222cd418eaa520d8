package dev.polymath.learn.compare;

import java.util.List;

/**
 * A run of a comparison: a training with one seed.
 *
 * @param variant what is trained
 * @param alone the only task that is learned; null for all of them
 * @param seed of everything that is random
 */
public record Run(Variant variant, String alone, long seed) {
    /** What is trained, without the seed. */
    public String name() {
        return alone == null ? variant.name() : alone + " alone";
    }

    /** The tasks to take of those that there are. */
    List<String> tasks(List<String> all) {
        return alone == null ? all : List.of(alone);
    }
}
