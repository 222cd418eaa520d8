package dev.polymath.project;

import java.util.List;

/**
 * The parts that a project names, one line each.
 *
 * @param sharing how tasks share the backbone
 * @param balance how much each task's loss counts
 * @param sampling how often each task's rows come
 * @param habits what else happens while learning, in this order
 */
public record Parts(SharingSpec sharing, PartSpec balance, PartSpec sampling, List<PartSpec> habits) {
    public Parts {
        habits = List.copyOf(habits);
    }

    /** These with another way to share. */
    public Parts withSharing(SharingSpec other) {
        return new Parts(other, balance, sampling, habits);
    }
}
