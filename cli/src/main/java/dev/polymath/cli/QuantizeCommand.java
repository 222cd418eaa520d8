package dev.polymath.cli;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.project.Split;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Quantization;
import dev.polymath.run.Quantizer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath quantize}: int8 graphs for a model, where no task loses more than a limit. */
@Command(
        name = "quantize",
        description = "Gives a model graphs in int8 too, as far as no task loses more than the limit on its dev rows.")
final class QuantizeCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model folder, or minilm.")
    private Path model;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Where the model is written with its int8 graphs; else it is quantised in place.")
    private Path out;

    @Option(
            names = "--project",
            paramLabel = "PROJECT",
            description = "The project file; else the one it was trained on.")
    private Path project;

    @Option(
            names = "--data",
            paramLabel = "PAIRS",
            description =
                    "Instead of a project, pairs with a number how alike they are (CSV, TSV, JSONL), for a model with"
                            + " one task of type embed, such as minilm.")
    private Path data;

    @Option(
            names = "--columns",
            paramLabel = "TEXT,TEXT2,LABEL",
            description = "Their names in --data (default: " + ScoredPairs.COLUMNS + ").",
            defaultValue = ScoredPairs.COLUMNS)
    private String columns;

    @Option(
            names = "--limit",
            paramLabel = "POINTS",
            description = "The most that a task may lose, in points of its primary metric x 100 (default: 0.5).",
            defaultValue = "0.5")
    private double limit;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        if (data != null && project != null) throw new InputException("--project and --data exclude each other");
        ModelFolder folder = ModelFolder.open(model);
        boolean cached = !folder.path().equals(model);
        if (cached && out == null) {
            throw new InputException(
                    model + " is the built-in model, which has int8 graphs of its own in the user's cache;"
                            + " give --out to quantise a copy");
        }
        if (cached && data == null && project == null) {
            throw new InputException(model + " was trained on no project; give --data or --project");
        }
        Path target = out == null ? model : out;
        Map<String, List<Example>> rows = data == null
                ? new ProjectRows(folder, Split.DEV).read(project)
                : ScoredPairs.read(folder, data, columns);
        Quantization measured = new Quantizer(folder, target, rows, limit, System.err::println).quantize();
        PrintWriter lines = spec.commandLine().getOut();
        if (measured == null) {
            lines.println("in int8, tasks lose more than " + limit + " points whatever stays in fp32; "
                    + (out == null ? model + " is as it was" : out + " was not written"));
        } else {
            lines.print(table(measured));
            lines.println("model: " + target);
        }
        lines.flush();
    }

    private static String table(Quantization measured) {
        TextTable table = new TextTable().row("task", "rows", "metric", "fp32 x100", "int8 x100", "loss");
        measured.tasks()
                .forEach((task, each) -> table.row(
                        task,
                        Integer.toString(each.rows()),
                        each.metric(),
                        hundredfold(each.fp32()),
                        hundredfold(each.int8()),
                        String.format(Locale.ROOT, "%+.2f", each.loss())));
        int all = measured.kept().size() + measured.quantized().size();
        String kept = measured.kept().isEmpty() ? "" : "; in fp32: " + String.join(", ", measured.kept());
        return table
                + String.format(
                        Locale.ROOT,
                        "%d of %d projections in int8%s; measured in %.0f s%n",
                        measured.quantized().size(),
                        all,
                        kept,
                        measured.seconds());
    }

    private static String hundredfold(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", 100 * value);
    }
}
