package dev.polymath.cli;

import dev.polymath.project.Assignment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What every command that reads a project file takes. */
final class ProjectOptions {
    @Parameters(index = "0", paramLabel = "PROJECT", description = "The project file.")
    Path file;

    @Option(
            names = "--tasks",
            split = ",",
            paramLabel = "NAME",
            description = "Only these tasks of the project, separated by commas.")
    List<String> tasks = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Replaces a value of the project file, such as train.epochs=5. May be given more than once.")
    private List<String> set = new ArrayList<>();

    List<Assignment> assignments() {
        return set.stream().map(Assignment::parse).toList();
    }
}
