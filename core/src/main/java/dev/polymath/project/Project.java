package dev.polymath.project;

import java.nio.file.Path;
import java.util.Map;

/**
 * A project file, read and checked.
 *
 * @param file where it stands
 * @param name its name
 * @param places where the keys at the top that the project gives stand
 * @param backbone {@code minilm}, or an absolute path of a folder
 * @param tasks by name, in the order of the file
 * @param single how a comparison trains a model of each task alone, to be seen beside the shared ones; null where it
 *     trains none
 */
public record Project(
        Path file,
        Map<String, Place> places,
        String name,
        String backbone,
        Map<String, TaskSpec> tasks,
        Parts parts,
        TrainSpec single,
        TrainSpec train) {
    public Project {
        places = Map.copyOf(places);
    }

    /** The same on another backbone, {@code minilm} or a path of a folder. */
    public Project on(String other) {
        return new Project(file, places, name, other, tasks, parts, single, train);
    }

    /** This project with other parts. */
    public Project withParts(Parts others) {
        return new Project(file, places, name, backbone, tasks, others, single, train);
    }

    /** The project of a task alone, trained as {@link #single} says. */
    public Project alone() {
        return new Project(file, places, name, backbone, tasks, parts, single, single);
    }

    /** Something wrong with a key at the top, at its place; with an absent key, at the file as a whole. */
    public Problem problem(String key, String message) {
        Place place = places.get(key);
        return place == null ? new Problem(file, 0, message) : place.problem(message);
    }
}
