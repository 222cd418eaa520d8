package dev.polymath.cli;

import dev.polymath.InputException;
import dev.polymath.project.Assignment;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.run.ModelFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath add}: a model and a project with further tasks in, a model with both out. */
@Command(
        name = "add",
        description = "Adds tasks to a model. The answers of the tasks that are there stay the same to the last bit.")
final class AddCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model folder, which stays as it is.")
    private Path model;

    @Parameters(
            index = "1",
            paramLabel = "TASK.yaml",
            description = "A project file with the new tasks and how they share the backbone.")
    private Path file;

    @Option(names = "--out", required = true, paramLabel = "MODEL2", description = "The model folder to write.")
    private Path out;

    @Option(
            names = "--tasks",
            split = ",",
            paramLabel = "NAME",
            description = "Only these tasks of the file, separated by commas.")
    private List<String> tasks = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Replaces a value of the file, such as train.epochs=5. May be given more than once.")
    private List<String> set = new ArrayList<>();

    @Option(
            names = "--like",
            paramLabel = "[NAME=]TASK",
            description = "The new task NAME, or each, begins with a copy of the own weights of TASK in the model.")
    private List<String> like = new ArrayList<>();

    @Option(
            names = "--adapter",
            paramLabel = "NAME=FOLDER",
            description = "The new task NAME begins with the weights of an adapter that peft wrote (LORA,"
                    + " PROMPT_TUNING). May be given more than once.")
    private List<String> adapters = new ArrayList<>();

    @Option(names = "--resume", description = "Goes on from the checkpoint that an interrupted run left.")
    private boolean resume;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        ModelFolder base = ModelFolder.open(model);
        requireOther(model, out);
        Project project = ProjectReader.read(
                        file, set.stream().map(Assignment::parse).toList())
                .on(model.toString());
        ModelFolder.requirePlace(out);
        Dataset dataset = Training.load(project, tasks);
        Origins origins = Origins.parse(like, adapters, dataset.tasks().keySet());
        int code = Training.add(
                base, project, dataset, origins, out, resume, spec.commandLine().getOut());
        if (code == 0) printAlike(dataset.tasks().keySet());
        return code;
    }

    private void printAlike(Collection<String> coming) {
        PrintWriter print = spec.commandLine().getOut();
        AlikePrompts.lines(ModelFolder.open(out), coming).forEach(print::println);
        print.flush();
    }

    /** @throws InputException if the new model would take the old one's place */
    static void requireOther(Path model, Path out) {
        if (model.toAbsolutePath().normalize().equals(out.toAbsolutePath().normalize())) {
            throw new InputException(out + " is the model itself; give --out another folder");
        }
    }
}
