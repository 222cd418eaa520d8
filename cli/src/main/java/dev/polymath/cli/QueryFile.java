package dev.polymath.cli;

import dev.polymath.InputException;
import dev.polymath.data.BeirFolder;
import dev.polymath.data.PassageReader;
import dev.polymath.data.Query;
import dev.polymath.search.Hit;
import dev.polymath.search.SearchIndex;
import dev.polymath.search.SearchQuery;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Answers a file of queries: as a TREC run ({@code query Q0 document rank score polymath}), or as lines of JSON. */
final class QueryFile {
    /** Queries embedded together. */
    private static final int CHUNK = 256;

    private final Path file;
    private final List<Query> queries;

    /** @throws InputException if there is no such file, or a row of it is no query */
    QueryFile(Path file) {
        this.file = file;
        if (Files.isDirectory(file)) {
            this.queries = BeirFolder.open(file).queries();
            return;
        }
        try (PassageReader rows = PassageReader.of(file)) {
            this.queries = rows.stream()
                    .map(row -> new Query(row.id(), row.text(), row.line()))
                    .toList();
        }
    }

    /**
     * @param like how to look for them; its text does not count
     * @param run the TREC run file; null for JSON
     */
    void answer(SearchIndex index, SearchQuery like, OutputFile run, PrintWriter json) {
        if (run == null) {
            forEach(index, like, (query, hits) -> json.println(HitLine.of(query.id(), query.text(), hits)));
            return;
        }
        run.write(writer -> forEach(index, like, (query, hits) -> write(query, hits, writer)));
        json.println(queries.size() + " queries answered");
    }

    @FunctionalInterface
    private interface Answered<E extends Exception> {
        void with(Query query, List<Hit> hits) throws E;
    }

    private <E extends Exception> void forEach(SearchIndex index, SearchQuery like, Answered<E> answered) throws E {
        for (int from = 0; from < queries.size(); from += CHUNK) {
            List<Query> chunk = queries.subList(from, Math.min(queries.size(), from + CHUNK));
            List<List<Hit>> hits = index.searchAll(
                    chunk.stream().map(query -> like.text(query.text())).toList());
            for (int i = 0; i < chunk.size(); i++) answered.with(chunk.get(i), hits.get(i));
        }
    }

    private void write(Query query, List<Hit> hits, Writer writer) throws IOException {
        requireNoSpace(query.id(), "query");
        int rank = 0;
        for (Hit hit : hits) {
            requireNoSpace(hit.id(), "document");
            writer.write(query.id() + " Q0 " + hit.id() + " " + ++rank + " " + hit.score() + " polymath\n");
        }
    }

    private void requireNoSpace(String id, String what) {
        if (id.chars().noneMatch(Character::isWhitespace)) return;
        throw InputException.at(
                file, 0, "the id '" + id + "' of a " + what + " has a space in it, which a TREC run file cannot hold");
    }
}
