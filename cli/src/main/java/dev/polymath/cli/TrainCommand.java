package dev.polymath.cli;

import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.run.ModelFolder;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code polymath train}: a project file in, a model folder out. */
@Command(name = "train", description = "Trains one model for all tasks of a project.")
final class TrainCommand implements Callable<Integer> {
    @Mixin
    private ProjectOptions options;

    @Option(names = "--out", required = true, paramLabel = "MODEL", description = "The model folder to write.")
    private Path out;

    @Option(names = "--resume", description = "Goes on from the checkpoint that an interrupted run left.")
    private boolean resume;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Project project = ProjectReader.read(options.file, options.assignments());
        // Before the data, which may take a while to read.
        ModelFolder.requirePlace(out);
        Dataset dataset = Training.load(project, options.tasks);
        return Training.train(project, dataset, out, resume, spec.commandLine().getOut());
    }
}
