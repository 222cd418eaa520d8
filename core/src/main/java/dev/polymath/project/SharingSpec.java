package dev.polymath.project;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the tasks of a project share the backbone: all in one way, or some in a way of their own.
 *
 * @param standard the part of the tasks that are not named
 * @param byTask the parts of those that are
 */
public record SharingSpec(PartSpec standard, Map<String, PartSpec> byTask) {
    public SharingSpec {
        byTask = Map.copyOf(byTask);
    }

    /** All tasks in one way. */
    public static SharingSpec of(PartSpec standard) {
        return new SharingSpec(standard, Map.of());
    }

    /** Each task's part, in the order of the tasks. */
    public Map<String, PartSpec> of(Collection<String> tasks) {
        Map<String, PartSpec> parts = new LinkedHashMap<>();
        for (String task : tasks) parts.put(task, byTask.getOrDefault(task, standard));
        return parts;
    }
}
