package dev.polymath.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.run.Evaluation;
import dev.polymath.run.Polymath;
import dev.polymath.run.Split;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath evaluate}: a model's metrics on its project's data. */
@Command(name = "evaluate", description = "Measures a model on the data of its project.")
final class EvaluateCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model folder.")
    private Path model;

    @Option(names = "--project", paramLabel = "PROJECT", description = "The project file; else the one it was trained on.")
    private Path project;

    @Option(names = "--split", description = "train, dev or test (default).", defaultValue = "test")
    private Split split;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the metrics as JSON too.")
    private Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        try (Polymath polymath = Polymath.open(model)) {
            ObjectNode report = Evaluation.report(polymath, project, split);
            PrintWriter out = spec.commandLine().getOut();
            out.print(Reports.table(report, split.key()));
            out.flush();
            if (json != null) {
                Files.writeString(
                        json,
                        new ObjectMapper()
                                        .enable(SerializationFeature.INDENT_OUTPUT)
                                        .writeValueAsString(report)
                                + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
