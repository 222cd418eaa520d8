package dev.polymath.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.BeirFolder;
import dev.polymath.data.Query;
import dev.polymath.data.Retriever;
import dev.polymath.data.Scored;
import dev.polymath.run.Polymath;
import dev.polymath.run.RetrievalEvaluation;
import dev.polymath.search.Hit;
import dev.polymath.search.IndexSettings;
import dev.polymath.search.Indexer;
import dev.polymath.search.SearchIndex;
import dev.polymath.search.SearchMode;
import dev.polymath.search.SearchQuery;
import dev.polymath.task.Cut;
import dev.polymath.task.PairedDifference;
import dev.polymath.task.RankingMetrics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Search in a BEIR folder, measured on a split of its queries, in one mode or more. */
final class CollectionEvaluation {
    private final BeirFolder data;
    private final String split;
    private final Set<SearchMode> modes = new LinkedHashSet<>();
    private final Path index;
    private final String task;
    private final Cut cut;
    private final Map<String, Map<String, Integer>> qrels;
    private final List<Query> queries;

    /**
     * Reads queries and judgements.
     *
     * @param modes their names; none for all
     * @param index null for one that is made and deleted
     * @param task null for the only one that gives vectors
     * @param cut which of its vectors, where there is no index
     * @throws InputException if there is no such mode or split, or anything is wrong in the folder
     */
    CollectionEvaluation(Path folder, String split, List<String> modes, Path index, String task, Cut cut) {
        if (index != null && task != null) throw new InputException("--index has its task; leave --task out");
        for (String mode : modes) this.modes.add(SearchMode.named(mode));
        if (modes.isEmpty()) this.modes.addAll(Arrays.asList(SearchMode.values()));
        this.data = BeirFolder.open(folder);
        this.split = split;
        this.index = index;
        this.task = task;
        this.cut = cut;
        this.qrels = data.qrels(split);
        this.queries = data.queries();
    }

    /**
     * Measures, and prints what came of it.
     *
     * @param json gets the means and comparisons; null for none
     * @param lines gets a line a query; null for none
     */
    void run(Polymath model, PrintWriter out, OutputFile json, OutputFile lines) {
        RetrievalEvaluation evaluation = index == null ? withAnIndexOfItsOwn(model) : measure(index, model);
        if (evaluation == null) return;
        out.print(table(evaluation));
        out.flush();
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.put("data", data.path().toString()).put("split", split);
        report.setAll(evaluation.report());
        if (json != null) json.write(writer -> writer.write(report.toPrettyString() + "\n"));
        if (lines == null) return;
        lines.write(writer -> {
            for (Iterator<ObjectNode> each = evaluation.lines().iterator(); each.hasNext(); ) {
                writer.write(each.next() + "\n");
            }
        });
    }

    /** Null where it was interrupted. */
    private RetrievalEvaluation withAnIndexOfItsOwn(Polymath model) {
        // The folder is closed first: until then Ctrl-C waits.
        try (Interruption interruption = new Interruption();
                TemporaryFolder folder = new TemporaryFolder("polymath-evaluate")) {
            Path made = folder.path().resolve("index");
            try (IndexingConsole console = new IndexingConsole(System.err, System.console() != null, data.path());
                    Indexer indexer = Indexer.open(
                            made, model, IndexSettings.DEFAULT.task(task).cut(cut))) {
                console.asking(interruption);
                if (!indexer.addAll(data.path(), console)) return null;
            }
            return measure(made, model);
        } catch (IOException e) {
            throw new InputException("no index can be made: " + FileFaults.reason(e), e);
        }
    }

    private RetrievalEvaluation measure(Path folder, Polymath model) {
        try (SearchIndex opened = SearchIndex.open(folder, model)) {
            mustHaveWhatIsJudged(opened, folder);
            Map<String, Retriever> ways = new LinkedHashMap<>();
            for (SearchMode mode : modes) ways.put(mode.key(), (some, top) -> search(opened, mode, some, top));
            return RetrievalEvaluation.of(queries, qrels, ways);
        }
    }

    private static Map<String, List<Scored>> search(SearchIndex opened, SearchMode mode, List<Query> some, int top) {
        List<SearchQuery> asked = some.stream()
                .map(query -> SearchQuery.of(query.text()).mode(mode).top(top).highlighted(0))
                .toList();
        Map<String, List<Scored>> run = new LinkedHashMap<>();
        List<List<Hit>> hits = opened.searchAll(asked);
        for (int i = 0; i < hits.size(); i++) {
            run.put(
                    some.get(i).id(),
                    hits.get(i).stream()
                            .map(hit -> new Scored(hit.id(), hit.score()))
                            .toList());
        }
        return run;
    }

    /** Passages that are judged but not in the index would count as not found, and nobody would see why. */
    private void mustHaveWhatIsJudged(SearchIndex opened, Path folder) {
        Set<String> judged = new LinkedHashSet<>();
        qrels.values().forEach(grades -> judged.addAll(grades.keySet()));
        for (String id : judged) {
            if (opened.document(id) != null) continue;
            throw new InputException(folder + " lacks passage '" + id + "', which the split " + split + " of "
                    + data.path() + " judges; it is an index of another collection, or not all of it was indexed");
        }
    }

    private static String table(RetrievalEvaluation evaluation) {
        TextTable table = new TextTable().row(header());
        evaluation.means().forEach((mode, means) -> table.row(row(mode, evaluation.size(), means)));
        List<RetrievalEvaluation.Comparison> comparisons = evaluation.comparisons().stream()
                .filter(each -> each.metric().equals(RankingMetrics.STANDARD.get(0)))
                .toList();
        if (comparisons.isEmpty()) return table.toString();
        TextTable compared = new TextTable().row("difference", "metric", "x100", "95 % interval", "p");
        for (RetrievalEvaluation.Comparison each : comparisons) {
            PairedDifference difference = each.difference();
            compared.row(
                    each.mode() + " against " + each.against(),
                    each.metric(),
                    signed(difference.mean()),
                    signed(difference.low()) + " to " + signed(difference.high()),
                    String.format(Locale.ROOT, "%.4f", difference.p()));
        }
        return table + "\n" + compared + "paired bootstrap over the queries; p is not corrected for several tests\n";
    }

    private static String[] header() {
        String[] cells = new String[2 + RankingMetrics.STANDARD.size()];
        cells[0] = "mode";
        cells[1] = "queries";
        for (int i = 2; i < cells.length; i++) cells[i] = RankingMetrics.STANDARD.get(i - 2) + " x100";
        return cells;
    }

    private static String[] row(String mode, int queries, Map<String, Double> means) {
        String[] cells = new String[2 + means.size()];
        cells[0] = mode;
        cells[1] = Integer.toString(queries);
        int at = 2;
        for (double mean : means.values()) cells[at++] = String.format(Locale.ROOT, "%.2f", 100 * mean);
        return cells;
    }

    private static String signed(double value) {
        return String.format(Locale.ROOT, "%+.2f", 100 * value);
    }
}
