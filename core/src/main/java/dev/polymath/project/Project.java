package dev.polymath.project;

import java.nio.file.Path;
import java.util.Map;

/**
 * A project file, read and checked.
 *
 * @param file where it stands
 * @param name its name
 * @param backbone {@code minilm}, or an absolute path of a folder
 * @param tasks by name, in the order of the file
 */
public record Project(
        Path file,
        String name,
        String backbone,
        Map<String, TaskSpec> tasks,
        PartSpec sharing,
        PartSpec balance,
        PartSpec sampling,
        TrainSpec train) {}
