package dev.polymath.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.BeirFolder;
import dev.polymath.data.Choices;
import dev.polymath.run.DenseSearch;
import dev.polymath.run.Polymath;
import dev.polymath.run.WrongPassages;
import dev.polymath.task.Task;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath mine}: hard negatives for tasks of type retrieve and rerank. */
@Command(
        name = "mine",
        description =
                "Finds passages that do not answer a query though they look so, for tasks of type retrieve and rerank"
                        + " to learn from (their key 'wrong').")
final class MineCommand implements Runnable {
    private static final List<String> MODES = List.of("lexical", "dense", "both");

    @Parameters(index = "0", paramLabel = "MODEL", description = "The model folder, or minilm.")
    private Path model;

    @Parameters(index = "1", paramLabel = "FOLDER", description = "The BEIR folder.")
    private Path data;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where the JSONL goes.")
    private Path out;

    @Option(names = "--split", description = "Whose queries (default: train).", defaultValue = "train")
    private String split;

    @Option(
            names = "--mode",
            paramLabel = "lexical|dense|both",
            description = "By words (BM25), by vectors, or both (default).",
            defaultValue = "both")
    private String mode;

    @Option(names = "--task", description = "The task that gives vectors (default: the first that does).")
    private String task;

    @Option(names = "--top", paramLabel = "N", description = "Of each search (default: 30).", defaultValue = "30")
    private int top;

    @Option(
            names = "--skip",
            paramLabel = "N",
            description = "Passes over the first so many of each search, often answers that nobody noted (default: 0).",
            defaultValue = "0")
    private int skip;

    @Option(names = "--teacher", paramLabel = "TASK", description = "A task of type rerank that scores what was found.")
    private String teacher;

    @Option(
            names = "--margin",
            paramLabel = "SCORE",
            description = "Leaves out what the teacher puts above the worst answer less this.")
    private Double margin;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        if (!MODES.contains(mode)) {
            throw new InputException("--mode: there is no mode '" + mode + "'" + Choices.instead(mode, MODES));
        }
        if (top < 1) throw new InputException("--top is " + top + "; it must be 1 or more");
        if (skip < 0) throw new InputException("--skip is " + skip + "; it must be 0 or more");
        if (margin != null && teacher == null) throw new InputException("--margin needs --teacher");
        OutputFile file = new OutputFile(out);
        BeirFolder folder = BeirFolder.open(data);
        try (Polymath polymath = Polymath.open(model)) {
            WrongPassages.Settings settings = new WrongPassages.Settings(
                    !mode.equals("dense"),
                    mode.equals("lexical") ? null : vectors(polymath),
                    top,
                    skip,
                    teacher == null ? null : teacher(polymath),
                    margin == null ? Double.POSITIVE_INFINITY : margin);
            List<WrongPassages.Found> found;
            try (MiningConsole console = new MiningConsole(System.err, System.console() != null)) {
                found = new WrongPassages(polymath, folder, split, settings).find(console);
            }
            file.write(writer -> {
                for (WrongPassages.Found each : found) writer.write(json(each) + "\n");
            });
            double mean = found.stream()
                    .mapToInt(each -> each.passages().size())
                    .average()
                    .orElse(0);
            PrintWriter print = spec.commandLine().getOut();
            print.printf(Locale.ROOT, "%d queries, %.1f passages each: %s%n", found.size(), mean, out);
            print.flush();
        }
    }

    private Task vectors(Polymath polymath) {
        List<String> fit = polymath.tasks().stream()
                .filter(DenseSearch::givesVectors)
                .map(Task::name)
                .toList();
        if (task == null && !fit.isEmpty()) return polymath.folder().task(fit.get(0));
        if (fit.contains(task)) return polymath.folder().task(task);
        throw new InputException(
                fit.isEmpty()
                        ? model + " has no task that gives vectors; take --mode lexical"
                        : "task '" + task + "' gives no vectors" + Choices.instead(task, fit));
    }

    private Task teacher(Polymath polymath) {
        List<String> fit = polymath.tasks().stream()
                .filter(each -> each.type().equals("rerank"))
                .map(Task::name)
                .toList();
        if (fit.contains(teacher)) return polymath.folder().task(teacher);
        throw new InputException("--teacher: "
                + (fit.isEmpty()
                        ? model + " has no task of type rerank"
                        : "'" + teacher + "' is no task of type rerank" + Choices.instead(teacher, fit)));
    }

    private static String json(WrongPassages.Found found) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("query", found.query());
        ArrayNode passages = json.putArray("passages");
        found.passages().forEach(passages::add);
        if (!found.scores().isEmpty()) {
            ArrayNode scores = json.putArray("scores");
            found.scores().forEach(scores::add);
        }
        return json.toString();
    }
}
