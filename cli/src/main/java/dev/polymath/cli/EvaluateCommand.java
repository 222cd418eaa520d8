package dev.polymath.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.data.Example;
import dev.polymath.project.Split;
import dev.polymath.run.Evaluation;
import dev.polymath.run.Polymath;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath evaluate}: a model's metrics on its project's data. */
@Command(name = "evaluate", description = "Measures a model on the data of its project.")
final class EvaluateCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model folder.")
    private Path model;

    @Option(
            names = "--project",
            paramLabel = "PROJECT",
            description = "The project file; else the one it was trained on.")
    private Path project;

    @Option(names = "--split", description = "train, dev or test (default).", defaultValue = "test")
    private Split split;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the metrics as JSON too.")
    private Path json;

    @Mixin
    private ComputingOptions computing;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        OutputFile file = json == null ? null : new OutputFile(json);
        try (Polymath polymath = Polymath.open(model, computing.settings())) {
            Map<String, List<Example>> rows = new ProjectRows(polymath.folder(), split).read(project);
            ObjectNode report = JsonNodeFactory.instance.objectNode();
            report.set("tasks", Evaluation.evaluate(polymath, split.key(), rows));
            PrintWriter out = spec.commandLine().getOut();
            out.print(Reports.table(report, split.key()));
            out.flush();
            if (file != null) file.write(writer -> writer.write(report.toPrettyString() + "\n"));
        }
    }
}
