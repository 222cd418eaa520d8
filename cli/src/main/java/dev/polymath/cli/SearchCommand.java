package dev.polymath.cli;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import dev.polymath.run.Polymath;
import dev.polymath.search.Filter;
import dev.polymath.search.Fusion;
import dev.polymath.search.Hit;
import dev.polymath.search.Meaning;
import dev.polymath.search.SearchIndex;
import dev.polymath.search.SearchMode;
import dev.polymath.search.SearchQuery;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath search}: the documents of an index that fit a query, or each of a file of queries. */
@Command(name = "search", description = "Finds documents by words, by meaning, or by both.")
final class SearchCommand implements Runnable {
    private static final int TOP = 10;
    private static final int RUN_TOP = 100;

    @Parameters(index = "0", paramLabel = "INDEX", description = "The index folder.")
    private Path index;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "QUERY", description = "What is looked for.")
    private List<String> words = new ArrayList<>();

    @Option(
            names = "--mode",
            paramLabel = "hybrid|dense|lexical",
            description = "By both (default), by meaning, or by words.",
            defaultValue = "hybrid")
    private String mode;

    @Option(names = "--top", paramLabel = "N", description = "How many hits (default: 10; 100 with --run).")
    private Integer top;

    @Option(
            names = "--filter",
            paramLabel = "FIELD=VALUE",
            description =
                    "Only documents with this value, or a number in a range: price=10..20. May be repeated; all hold.")
    private List<String> filters = new ArrayList<>();

    @Option(names = "--rerank", paramLabel = "N", description = "Ranks the first N hits anew, by a task on pairs.")
    private Integer rerank;

    @Option(names = "--rerank-task", paramLabel = "NAME", description = "That task; else the only one that fits.")
    private String rerankTask;

    @Option(
            names = "--fusion",
            paramLabel = "rrf|weighted",
            description = "How hybrid search fuses: by ranks, or by scores (default: as fitted with --fit, else rrf).")
    private String fusion;

    @Option(names = "--weight", paramLabel = "X", description = "Of meaning, from 0 to 1, with --fusion weighted.")
    private Double weight;

    @Option(names = "--rrf-k", paramLabel = "X", description = "How little the first ranks stand out (default: 60).")
    private Double rrfK;

    @Option(
            names = "--candidates",
            paramLabel = "N",
            description = "Passages the graph is asked for (default: 2 top, >= 100).")
    private int candidates;

    @Option(names = "--exact", description = "Compares with every vector instead of walking the graph.")
    private boolean exact;

    @Option(names = "--like", paramLabel = "FILE", description = "Example sentences, one a line: what is looked for.")
    private Path like;

    @Option(names = "--unlike", paramLabel = "FILE", description = "Sentences that hits are to be far from.")
    private Path unlike;

    @Option(names = "--and", paramLabel = "FILE", description = "Sentences that hits are to be near to as well.")
    private Path and;

    @Option(
            names = "--queries",
            paramLabel = "FILE",
            description = "Queries: a JSONL file with _id and text, or a BEIR folder.")
    private Path queries;

    @Option(names = "--run", paramLabel = "FILE", description = "Writes the hits for --queries as a TREC run file.")
    private Path run;

    @Option(names = "--json", description = "Prints a line of JSON a query.")
    private boolean json;

    @Option(names = "--explain", description = "Says where each score comes from.")
    private boolean explain;

    @Option(
            names = "--highlights",
            paramLabel = "N",
            description = "Snippets of a hit (default: 1).",
            defaultValue = "1")
    private int highlights;

    @Option(
            names = "--fit",
            paramLabel = "FOLDER",
            description = "Fits the weight of --fusion weighted on a BEIR folder's"
                    + " judgements, and keeps it in the index.")
    private Path fit;

    @Option(
            names = "--split",
            paramLabel = "NAME",
            description = "The judgements to fit on (default: train).",
            defaultValue = "train")
    private String split;

    @Option(names = "--model", paramLabel = "MODEL", description = "The model, where it was moved since.")
    private Path model;

    @Option(
            names = "--no-verify",
            negatable = false,
            description = "Opens without comparing files with their checksums.")
    private boolean unverified;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        SearchQuery query = query();
        OutputFile file = run == null ? null : new OutputFile(run);
        try (Polymath named = model == null ? null : Polymath.open(model);
                SearchIndex opened = SearchIndex.open(index, named, !unverified)) {
            PrintWriter out = spec.commandLine().getOut();
            if (fit != null) WeightFitting.fit(index, opened, fit, split, out);
            else if (queries != null) new QueryFile(queries).answer(opened, query, file, out);
            else print(query, opened.search(query), out);
            out.flush();
        }
    }

    private void print(SearchQuery query, List<Hit> hits, PrintWriter out) {
        if (json) out.println(HitLine.of(null, query.text(), hits));
        else HitText.print(hits, System.console() != null, out);
    }

    private SearchQuery query() {
        String text = String.join(" ", words);
        SearchQuery query = meaning() == null ? SearchQuery.of(text) : SearchQuery.of(meaning());
        requireOneSubject(text);
        query = query.mode(SearchMode.named(mode))
                .top(top != null ? top : run == null ? TOP : RUN_TOP)
                .candidates(candidates)
                .fusedBy(fusion())
                .highlighted(run == null ? highlights : 0);
        for (String filter : filters) query = query.where(Filter.of(filter));
        if (exact) query = query.exactly();
        if (explain && run == null) query = query.explained();
        if (rerank == null && rerankTask != null) throw new InputException("--rerank-task needs --rerank N");
        return rerank == null ? query : query.reranked(new SearchQuery.Reranking(rerank, rerankTask));
    }

    private Meaning meaning() {
        if (like == null && unlike == null && and == null) return null;
        return new Meaning(lines(like), lines(unlike), lines(and));
    }

    private static List<String> lines(Path file) {
        return file == null ? List.of() : TextLines.of(file);
    }

    private void requireOneSubject(String text) {
        int subjects = (text.isBlank() ? 0 : 1)
                + (meaning() == null ? 0 : 1)
                + (queries == null ? 0 : 1)
                + (fit == null ? 0 : 1);
        if (subjects != 1) {
            throw new InputException(
                    subjects == 0
                            ? "say what is looked for: a QUERY, or --queries FILE, or --like FILE; or --fit FOLDER"
                            : "a QUERY, --queries, --fit and example sentences (--like, --unlike, --and) exclude each other");
        }
        if (run != null && queries == null) throw new InputException("--run needs --queries FILE");
        if (queries != null && run == null && !json) throw new InputException("--queries needs --run FILE, or --json");
        if (meaning() != null && rerank != null) {
            throw new InputException("--rerank needs a QUERY to read hits with; example sentences are none");
        }
    }

    private Fusion fusion() {
        if (fusion == null) {
            if (weight != null) return new Fusion.Weighted(weight);
            return rrfK == null ? null : new Fusion.ReciprocalRank(rrfK);
        }
        return switch (fusion) {
            case "rrf" -> rrfK == null ? Fusion.DEFAULT : new Fusion.ReciprocalRank(rrfK);
            case "weighted" -> {
                if (weight == null) throw new InputException("--fusion weighted needs --weight X");
                yield new Fusion.Weighted(weight);
            }
            default ->
                throw new InputException(
                        "there is no fusion '" + fusion + "'" + Choices.instead(fusion, List.of("rrf", "weighted")));
        };
    }
}
