package dev.polymath.cli;

import dev.polymath.InputException;
import dev.polymath.run.Polymath;
import dev.polymath.search.IndexDescription;
import dev.polymath.search.IndexSettings;
import dev.polymath.search.Indexer;
import dev.polymath.search.OtherTasks;
import dev.polymath.search.VectorStorage;
import dev.polymath.search.WordAnalysis;
import dev.polymath.task.Quality;
import dev.polymath.task.QualityTask;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath index}: a collection as an index to search in. */
@Command(
        name = "index",
        description = "Makes an index of a collection, or adds to one; the same command goes on where it was stopped.")
final class IndexCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model folder, or minilm.")
    private Path model;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "CORPUS",
            description = "A BEIR folder, or a JSONL file with _id, title, text and fields.")
    private Path corpus;

    @Option(names = "--out", required = true, paramLabel = "INDEX", description = "The index folder.")
    private Path out;

    @Option(names = "--task", paramLabel = "NAME", description = "The task that gives vectors; else the only one.")
    private String task;

    @Option(
            names = "--analyzer",
            paramLabel = "english|standard",
            description = "How texts become words (default: english).")
    private String analyzer;

    @Option(
            names = "--vectors",
            paramLabel = "float32|int8|int4",
            description = "How vectors are compared (default: int8).")
    private String vectors;

    @Mixin
    private CutOptions cut;

    @Option(
            names = "--k1",
            paramLabel = "X",
            description = "BM25: how soon repeated words stop to count (default: 1.2).")
    private Double k1;

    @Option(
            names = "--b",
            paramLabel = "X",
            description = "BM25: how much long documents are held back (default: 0.75).")
    private Double b;

    @Option(
            names = "--passage-tokens",
            paramLabel = "N",
            description =
                    "Longer documents have a vector for each so many tokens (default: as many as the model reads).")
    private Integer passageTokens;

    @Option(names = "--connections", paramLabel = "N", description = "Of a vector in the graph, at most (default: 16).")
    private Integer connections;

    @Option(names = "--beam", paramLabel = "N", description = "Candidates while the graph is made (default: 100).")
    private Integer beam;

    @Option(
            names = "--commit-seconds",
            paramLabel = "N",
            description = "What is older than this survives whatever happens (default: 30).",
            defaultValue = "30")
    private int commitSeconds;

    @Option(names = "--delete", paramLabel = "FILE", description = "Deletes the documents with these ids, one a line.")
    private Path delete;

    @Option(
            names = "--prune",
            paramLabel = "TASK",
            description = "Afterwards deletes the documents for which this task gives the lowest numbers; with --keep.")
    private String prune;

    @Option(
            names = "--keep",
            paramLabel = "X",
            description =
                    "The share of documents that --prune keeps. Without --prune, about that which stays when a model that"
                            + " learned to prune leaves documents out; 1 for all (default: what the model says).")
    private Double keep;

    @Option(
            names = "--rerank-task",
            paramLabel = "NAME",
            description = "Keeps what this task has of passages, so that ranking hits anew reads the query alone.")
    private String rerankTask;

    @Option(names = "--compact", description = "Merges all into one segment at the end: search is faster then.")
    private boolean compact;

    @Mixin
    private ComputingOptions computing;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (corpus == null && delete == null && prune == null && !compact) {
            throw new InputException("name a CORPUS to index, or a file of ids to --delete, or --prune, or --compact");
        }
        if (prune != null && keep == null) throw new InputException("--prune TASK needs --keep X");
        if (commitSeconds < 1)
            throw new InputException("--commit-seconds is " + commitSeconds + "; at least 1 is possible");
        List<String> gone = delete == null ? List.of() : TextLines.of(delete);
        // A slip in its name is told before the model is opened.
        IndexingConsole console =
                corpus == null ? null : new IndexingConsole(System.err, System.console() != null, corpus);
        try (Polymath polymath = Polymath.open(model, computing.settings());
                Indexer indexer = Indexer.open(out, polymath, settings(), others(polymath))) {
            indexer.commitAfter(Duration.ofSeconds(commitSeconds));
            if (delete != null) System.err.println("deleted " + indexer.delete(gone) + " of " + gone.size() + " ids");
            boolean whole = corpus == null || add(indexer, console);
            if (whole && prune != null) System.err.println("pruned " + indexer.prune(prune, keep) + " documents");
            if (whole && compact) indexer.compact();
            return whole ? 0 : Main.INTERRUPTED;
        }
    }

    private boolean add(Indexer indexer, IndexingConsole console) {
        try (Interruption interruption = new Interruption();
                console) {
            console.asking(interruption);
            boolean whole = indexer.addAll(corpus, console);
            indexer.commit();
            console.close();
            PrintWriter print = spec.commandLine().getOut();
            print.println(indexer.added() + " documents added"
                    + (indexer.kept() > 0 ? ", " + indexer.kept() + " were there as they are" : ""));
            if (indexer.leftOut() > 0) print.println(indexer.leftOut() + " left out, which hardly answer anything");
            print.println("index: " + out);
            print.flush();
            if (!whole) System.err.println("stopped; the same command goes on from here");
            return whole;
        }
    }

    private OtherTasks others(Polymath polymath) {
        OtherTasks others = OtherTasks.NONE.reranker(rerankTask);
        if (prune != null || corpus == null) return others;
        QualityTask quality = quality(polymath, settings().task());
        if (quality == null && keep == null) return others;
        if (quality == null) {
            throw new InputException("--keep needs --prune TASK, since " + model
                    + " has no task that learned to prune (key 'prune' of a task of type retrieve)");
        }
        double share = keep == null ? quality.keep() : keep;
        if (share < 1) {
            System.err.printf(
                    Locale.ROOT,
                    "%s leaves out about %.0f %% of a collection such as it learned from; --keep 1 keeps all%n",
                    quality.name(),
                    100 * (1 - share));
        }
        return others.keep(quality.name(), share);
    }

    /** The one that came with the task that gives vectors, else the only one; null if there is none. */
    private static QualityTask quality(Polymath polymath, String vectors) {
        List<QualityTask> all = polymath.tasks().stream()
                .filter(QualityTask.class::isInstance)
                .map(QualityTask.class::cast)
                .toList();
        for (QualityTask each : all) if (each.name().equals(Quality.name(vectors))) return each;
        return vectors == null && all.size() == 1 ? all.get(0) : null;
    }

    /** Those of the index where there is one, with what was asked for. */
    private IndexSettings settings() {
        IndexDescription index = IndexDescription.of(out);
        IndexSettings settings = index == null ? IndexSettings.DEFAULT : index.settings();
        if (task != null) settings = settings.task(task);
        if (analyzer != null) settings = settings.words(WordAnalysis.named(analyzer));
        settings = settings.cut(cut.changed(settings.cut()));
        if (vectors != null) settings = settings.vectors(VectorStorage.named(vectors));
        if (passageTokens != null) settings = settings.passageTokens(passageTokens);
        settings = settings.bm25(k1 == null ? settings.k1() : k1, b == null ? settings.b() : b);
        return settings.graph(
                connections == null ? settings.connections() : connections, beam == null ? settings.beam() : beam);
    }
}
