package dev.polymath.data;

import dev.polymath.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A collection to retrieve from, in the layout of BEIR (Thakur et al. 2021): {@code corpus.jsonl} with passages,
 * {@code queries.jsonl} with queries, and {@code qrels/SPLIT.tsv} with the passages that are relevant to them.
 *
 * <p>Opening looks at the names of files alone; each method reads its file anew. Immutable.
 */
public final class BeirFolder {
    private static final String CORPUS = "corpus.jsonl";
    private static final String QUERIES = "queries.jsonl";
    private static final String QRELS = "qrels";
    private static final String TSV = ".tsv";

    private final Path path;
    private final Map<String, Path> splits;

    private BeirFolder(Path path, Map<String, Path> splits) {
        this.path = path;
        this.splits = Collections.unmodifiableMap(splits);
    }

    /** @throws InputException if there is no such folder, or no {@code corpus.jsonl} in it; names the nearest */
    public static BeirFolder open(Path folder) {
        if (Files.isDirectory(folder)) {
            if (!Files.isRegularFile(folder.resolve(CORPUS))) {
                throw InputException.at(
                        folder,
                        0,
                        "there is no " + CORPUS + " in this folder"
                                + Choices.instead(CORPUS, names(folder, Files::isRegularFile)));
            }
            return new BeirFolder(folder, splitsOf(folder.resolve(QRELS)));
        }
        String expected = "a folder with " + CORPUS + ", " + QUERIES + " and " + QRELS + "/ is expected";
        if (Files.exists(folder)) throw InputException.at(folder, 0, "is a file; " + expected);
        Path parent = folder.toAbsolutePath().getParent();
        throw InputException.at(
                folder,
                0,
                "there is no such folder"
                        + (Files.isDirectory(parent)
                                ? Choices.instead(folder.getFileName().toString(), names(parent, Files::isDirectory))
                                : "; the folder " + parent + " is missing too"));
    }

    private static Map<String, Path> splitsOf(Path qrels) {
        Map<String, Path> splits = new TreeMap<>();
        if (!Files.isDirectory(qrels)) return splits;
        for (String name : names(qrels, Files::isRegularFile)) {
            if (!name.endsWith(TSV) || name.length() == TSV.length()) continue;
            splits.put(name.substring(0, name.length() - TSV.length()), qrels.resolve(name));
        }
        return splits;
    }

    private static List<String> names(Path folder, Predicate<Path> kind) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(kind)
                    .map(each -> each.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path path() {
        return path;
    }

    /** Reads the passages one at a time; to be closed. */
    public PassageReader passages() {
        return PassageReader.ofFile(path.resolve(CORPUS));
    }

    /**
     * All passages, in the order of the file.
     *
     * @throws InputException with all that is wrong in it, at most 20 lines
     */
    public List<Passage> corpus() {
        List<Passage> passages = new ArrayList<>();
        Faults faults = new Faults();
        try (PassageReader reader = passages()) {
            while (reader.hasNext()) {
                try {
                    passages.add(reader.next());
                } catch (InputException e) {
                    faults.add(e);
                }
            }
        }
        faults.throwAny();
        return Collections.unmodifiableList(passages);
    }

    /**
     * All queries, in the order of the file.
     *
     * @throws InputException if there is no {@code queries.jsonl}; with all that is wrong in it, at most 20 lines: two with
     *     one id, an id or a text that is missing or blank
     */
    public List<Query> queries() {
        List<Query> queries = new ArrayList<>();
        Faults faults = new Faults();
        try (IdentifiedRows rows = new IdentifiedRows(path.resolve(QUERIES))) {
            while (rows.hasNext()) {
                try {
                    IdentifiedRows.Identified row = rows.next();
                    String text = row.required("text");
                    if (text.isBlank()) throw row.wrong("the text of the query is empty");
                    queries.add(new Query(row.id(), text, row.line()));
                } catch (InputException e) {
                    faults.add(e);
                }
            }
        }
        faults.throwAny();
        return Collections.unmodifiableList(queries);
    }

    /** The names of the splits with judgements ({@code qrels/test.tsv} is {@code test}), sorted; empty if there are none. */
    public Set<String> splits() {
        return new TreeSet<>(splits.keySet());
    }

    /**
     * The judgements of a split: query id to passage id to grade, in the order of the file. A grade of 0 or less says not
     * relevant, and what is not listed is taken for not relevant.
     *
     * <p>Reads the corpus too, for its ids; a caller that has them calls {@link #qrels(String, Set, Set)}.
     *
     * @throws InputException if there is no such split, or with all that is wrong in its file, at most 20 lines: a query or
     *     passage that is not there, a score that is no whole number, a pair that is judged twice
     */
    public Map<String, Map<String, Integer>> qrels(String split) {
        Path file = fileOf(split);
        Set<String> passageIds = new HashSet<>();
        try (PassageReader reader = passages()) {
            reader.forEachRemaining(passage -> passageIds.add(passage.id()));
        }
        Set<String> queryIds = new HashSet<>();
        queries().forEach(query -> queryIds.add(query.id()));
        return Judgements.read(file, queryIds, passageIds);
    }

    /**
     * As {@link #qrels(String)}, without reading corpus and queries again.
     *
     * @param queryIds the ids of all queries
     * @param passageIds the ids of all passages
     */
    public Map<String, Map<String, Integer>> qrels(String split, Set<String> queryIds, Set<String> passageIds) {
        return Judgements.read(fileOf(split), queryIds, passageIds);
    }

    private Path fileOf(String split) {
        Path file = splits.get(split);
        if (file != null) return file;
        throw InputException.at(
                path.resolve(QRELS),
                0,
                "there is no " + split + TSV
                        + (splits.isEmpty() ? ", nor any other split" : Choices.instead(split, splits.keySet())));
    }
}
