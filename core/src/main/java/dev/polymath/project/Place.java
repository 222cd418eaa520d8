package dev.polymath.project;

import java.nio.file.Path;

/**
 * Where a value of the project comes from.
 *
 * @param file the project file
 * @param line its line, from 1; 0 for the file as a whole
 * @param argument the {@code --set} argument that put the value there, or null
 */
public record Place(Path file, long line, String argument) {
    /** Something wrong at this place. */
    public Problem problem(String message) {
        return argument == null
                ? new Problem(file, line, message)
                : new Problem(null, 0, "--set " + argument + ": " + message);
    }
}
