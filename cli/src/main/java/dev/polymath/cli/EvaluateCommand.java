package dev.polymath.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Choices;
import dev.polymath.data.Example;
import dev.polymath.project.Split;
import dev.polymath.run.Evaluation;
import dev.polymath.run.Polymath;
import dev.polymath.task.Cut;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath evaluate}: a model's metrics on its project's data, or what searches with it find in a collection. */
@Command(
        name = "evaluate",
        description = "Measures a model on the data of its project; with --data, search with it in a BEIR folder.")
final class EvaluateCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model folder, or minilm.")
    private Path model;

    @Option(
            names = "--project",
            paramLabel = "PROJECT",
            description = "The project file; else the one it was trained on.")
    private Path project;

    @Option(
            names = "--split",
            paramLabel = "NAME",
            description = "train, dev or test (default); with --data, the name of a file of judgements.",
            defaultValue = "test")
    private String split;

    @Option(names = "--data", paramLabel = "FOLDER", description = "A BEIR folder: measures search in it.")
    private Path data;

    @Option(
            names = "--index",
            paramLabel = "INDEX",
            description =
                    "An index of --data, as it is searched; without it one is made, as index makes it, and deleted.")
    private Path index;

    @Option(
            names = "--mode",
            split = ",",
            paramLabel = "NAME",
            description = "lexical, dense, hybrid (default: all three), compared in this order.")
    private List<String> modes = new ArrayList<>();

    @Option(names = "--task", paramLabel = "NAME", description = "The task that gives vectors; else the only one.")
    private String task;

    @Option(
            names = "--per-query",
            paramLabel = "FILE",
            description = "Writes a line of JSON a query: its metrics, and what was found first.")
    private Path perQuery;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the metrics as JSON too.")
    private Path json;

    @Mixin
    private CutOptions cut;

    @Mixin
    private ComputingOptions computing;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        if (data == null) onItsProject();
        else inACollection();
    }

    private void onItsProject() {
        Map<String, Object> others = new LinkedHashMap<>();
        others.put("--index", index);
        others.put("--mode", modes.isEmpty() ? null : modes);
        others.put("--task", task);
        others.put("--per-query", perQuery);
        others.forEach((name, value) -> {
            if (value != null) throw new InputException(name + " is about search in a collection; name it with --data");
        });
        Split rows = split();
        Cut asked = cut.cut();
        OutputFile file = json == null ? null : new OutputFile(json);
        try (Polymath polymath = Polymath.open(model, computing.settings())) {
            Map<String, List<Example>> examples = new ProjectRows(polymath.folder(), rows).read(project);
            ObjectNode report = JsonNodeFactory.instance.objectNode();
            ObjectNode tasks = Evaluation.evaluate(polymath, rows.key(), examples, asked);
            report.set("tasks", tasks);
            if (asked.isNone()) examples.forEach((name, some) -> nested(polymath, name, some, tasks));
            PrintWriter out = spec.commandLine().getOut();
            out.print(Reports.table(report, rows.key()));
            out.print(Reports.nested(report));
            out.flush();
            if (file != null) file.write(writer -> writer.write(report.toPrettyString() + "\n"));
        }
    }

    private static void nested(Polymath polymath, String name, List<Example> rows, ObjectNode tasks) {
        ArrayNode nested = Evaluation.nested(polymath, name, rows);
        if (nested != null) ((ObjectNode) tasks.get(name)).set(Evaluation.NESTED, nested);
    }

    private Split split() {
        for (Split each : Split.values()) if (each.key().equals(split)) return each;
        List<String> keys = Arrays.stream(Split.values()).map(Split::key).toList();
        throw new InputException("--split: there is no split '" + split + "'" + Choices.instead(split, keys));
    }

    private void inACollection() {
        if (index != null && !cut.cut().isNone())
            throw new InputException("--index has its vectors; leave --dimensions and --depth out");
        if (project != null) throw new InputException("--project and --data exclude each other");
        CollectionEvaluation evaluation = new CollectionEvaluation(data, split, modes, index, task, cut.cut());
        OutputFile file = json == null ? null : new OutputFile(json);
        OutputFile lines = perQuery == null ? null : new OutputFile(perQuery);
        try (Polymath polymath = Polymath.open(model, computing.settings())) {
            evaluation.run(polymath, spec.commandLine().getOut(), file, lines);
        }
    }
}
