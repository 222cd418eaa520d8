package dev.polymath.data;

import dev.polymath.InputException;
import dev.polymath.Nearest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads judgements of relevance: {@code query-id}, {@code corpus-id} and {@code score}, separated by tabs, with that header. */
final class Judgements {
    private static final List<String> COLUMNS = List.of("query-id", "corpus-id", "score");

    private final Path file;
    private final Set<String> queries;
    private final Set<String> passages;
    private final Map<String, Map<String, Integer>> grades = new LinkedHashMap<>();
    private final Map<String, Map<String, Long>> lines = new HashMap<>();
    private final Faults faults = new Faults();

    private Judgements(Path file, Set<String> queries, Set<String> passages) {
        this.file = file;
        this.queries = queries;
        this.passages = passages;
    }

    /** @throws InputException with all that is wrong in the file, at most 20 lines */
    static Map<String, Map<String, Integer>> read(Path file, Set<String> queries, Set<String> passages) {
        DataFiles.mustExist(file);
        Judgements judgements = new Judgements(file, queries, passages);
        judgements.checkHeader();
        judgements.read();
        judgements.faults.throwAny();
        judgements.grades.replaceAll((query, of) -> Collections.unmodifiableMap(of));
        return Collections.unmodifiableMap(judgements.grades);
    }

    /** TREC's own files have four columns and no header: that must not read as three names of columns that are missing. */
    private void checkHeader() {
        try (LineReader lines = new LineReader(file)) {
            String first = lines.nextText();
            if (first == null || first.isEmpty()) return;
            List<String> names = Arrays.asList(first.split("\t", -1));
            if (!Collections.disjoint(names, COLUMNS)) return;
            throw InputException.at(
                    file,
                    1,
                    "the first line is '" + first + "'; a header is expected: " + String.join(", ", COLUMNS)
                            + ", separated by tabs");
        }
    }

    private void read() {
        try (RowReader rows = new TsvReader(file)) {
            while (rows.hasNext()) {
                Row row = null;
                try {
                    row = rows.next();
                    add(row);
                } catch (InputException e) {
                    faults.add(e);
                    if (row != null && isOfHeader(e)) break;
                }
            }
        }
    }

    /** Whether every other row has the same fault, since a column is missing. */
    private boolean isOfHeader(InputException e) {
        return e.getMessage().startsWith(file + ":1: ");
    }

    private void add(Row row) {
        String query = row.field("query-id");
        String passage = row.field("corpus-id");
        int grade = grade(row);
        mustBeKnown(row, "query", query, queries);
        mustBeKnown(row, "passage", passage, passages);
        Long first = lines.computeIfAbsent(query, each -> new HashMap<>()).putIfAbsent(passage, row.line());
        if (first != null) {
            throw InputException.at(
                    file,
                    row.line(),
                    "query '" + query + "' and passage '" + passage + "' are judged on line " + first + " too");
        }
        grades.computeIfAbsent(query, each -> new LinkedHashMap<>()).put(passage, grade);
    }

    private int grade(Row row) {
        String score = row.field("score");
        try {
            return Integer.parseInt(score.strip());
        } catch (NumberFormatException e) {
            throw InputException.at(file, row.line(), "the score '" + score + "' is not a whole number");
        }
    }

    private void mustBeKnown(Row row, String what, String id, Collection<String> known) {
        if (known.contains(id)) return;
        String nearest = faults.isFull() ? "" : Nearest.suggest(id, known);
        throw InputException.at(
                file,
                row.line(),
                "there is no " + what + " with the _id '" + id + "'" + (nearest.isEmpty() ? "" : "; " + nearest));
    }
}
