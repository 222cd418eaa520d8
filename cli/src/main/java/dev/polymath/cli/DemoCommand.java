package dev.polymath.cli;

import dev.polymath.InputException;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.run.Input;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Polymath;
import dev.polymath.run.Prediction;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code polymath demo}: the whole tour on the built-in example. */
@Command(
        name = "demo",
        description = "Trains the built-in example, six tasks of a support desk, and answers fresh messages.")
final class DemoCommand implements Callable<Integer> {
    private static final String RESOURCES = "/dev/polymath/examples/support-desk/";
    private static final String PROJECT = "support-desk.yaml";
    private static final String MODEL = "model";
    private static final String FRESH = "fresh.txt";
    private static final List<String> DATA = List.of("messages", "entities", "pairs");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "polymath-demo",
            description = "Where the example and its model go (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter print = spec.commandLine().getOut();
        if (Files.exists(out) && !Files.isDirectory(out)) throw new InputException(out + " is not a folder");
        ModelFolder.requirePlace(out.resolve(MODEL));
        for (String name : files()) copy(name);
        Path model = out.resolve(MODEL);
        Project project = ProjectReader.read(out.resolve(PROJECT), List.of());
        Dataset dataset = Dataset.load(project);
        print.println("Messages to the support desk of an online shop; one model learns six tasks:");
        print.println("  " + String.join(", ", dataset.tasks().keySet()));
        print.println();
        print.flush();
        int code = Training.trainOrResume(project, dataset, model, print);
        if (code != 0) return code;
        answer(model, print);
        print.println("Next:");
        print.println("  echo 'Where is my parcel?' | polymath predict " + model);
        print.println("  polymath evaluate " + model + "           the table above");
        print.println("  polymath check " + out.resolve(PROJECT) + "   what was read; write your own project like it");
        print.println("  polymath train " + out.resolve(PROJECT) + " --set train.epochs=3 --out other");
        print.flush();
        return 0;
    }

    private void answer(Path model, PrintWriter print) throws IOException {
        List<String> messages = Files.readAllLines(out.resolve(FRESH));
        print.println();
        print.println("Fresh messages, all tasks in one pass:");
        try (Polymath polymath = Polymath.open(model)) {
            // The pair task asks of each message whether it is the same question as the first one.
            List<Input> inputs = new ArrayList<>();
            for (String message : messages) inputs.add(new Input(message, messages.get(0)));
            for (Prediction prediction : polymath.predict(inputs, List.of())) {
                print.println();
                print.println("  \"" + prediction.text() + "\"");
                prediction
                        .answers()
                        .forEach((task, answer) -> print.printf("    %-14s %s%n", task, Answers.line(answer)));
            }
        }
        print.println();
    }

    private static List<String> files() {
        List<String> files = new ArrayList<>(List.of(PROJECT, FRESH, "README.md"));
        for (String split : List.of("train", "dev", "test")) {
            for (String data : DATA) {
                files.add("data/" + data + "." + split + (data.equals("entities") ? ".conll" : ".csv"));
            }
        }
        return files;
    }

    /** Copies a file of the example, unless the user has one there already that differs. */
    private void copy(String name) throws IOException {
        try (InputStream in = DemoCommand.class.getResourceAsStream(RESOURCES + name)) {
            if (in == null) throw new UncheckedIOException(new IOException("the example lacks " + name));
            byte[] content = in.readAllBytes();
            Path file = out.resolve(name);
            if (Files.exists(file)) {
                if (java.util.Arrays.equals(Files.readAllBytes(file), content)) return;
                throw new InputException(
                        file + " is there and differs from the example's; give another folder with --out");
            }
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        }
    }
}
