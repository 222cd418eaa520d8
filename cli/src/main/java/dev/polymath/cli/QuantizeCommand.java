package dev.polymath.cli;

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
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model folder, which is quantised in place.")
    private Path model;

    @Option(
            names = "--project",
            paramLabel = "PROJECT",
            description = "The project file; else the one it was trained on.")
    private Path project;

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
        ModelFolder folder = ModelFolder.open(model);
        Map<String, List<Example>> rows = new ProjectRows(folder, Split.DEV).read(project);
        Quantization measured = new Quantizer(folder, rows, limit, System.err::println).quantize();
        PrintWriter out = spec.commandLine().getOut();
        if (measured == null) {
            out.println("in int8, tasks lose more than " + limit + " points whatever stays in fp32; " + model
                    + " is as it was");
        } else {
            out.print(table(measured));
            out.println("model: " + model);
        }
        out.flush();
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
