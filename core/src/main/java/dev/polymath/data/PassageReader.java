package dev.polymath.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The passages of a JSONL file, one at a time; of the whole file only the ids are kept in memory.
 *
 * <p>A row is {@code {"_id": "7", "title": "Kettles", "text": "...", "fields": {"shop": "Leeds", "tag": ["a", "b"]}}}. Without
 * a title it is empty. Whatever else is in the row becomes a field of the passage: a member of {@code fields} or of BEIR's
 * {@code metadata} by its own name, any other by its path ({@code source.url}); lists give several values, nulls none.
 *
 * <p>{@link #next} throws an {@link InputException} for a row that cannot be read, that lacks {@code _id} or {@code text}, or
 * whose {@code _id} another has; {@link #hasNext} then says whether reading can go on behind it. Not thread-safe.
 */
public final class PassageReader implements Iterator<Passage>, AutoCloseable {
    private static final Set<String> TOP = Set.of("_id", "title", "text");
    private static final Set<String> NAMELESS = Set.of("fields", "metadata");

    private final Path file;
    private final IdentifiedRows rows;

    private PassageReader(Path file) {
        this.file = file;
        this.rows = new IdentifiedRows(file);
    }

    /**
     * Opens a corpus: a JSONL file, or a BEIR folder, which stands for its {@code corpus.jsonl}.
     *
     * @throws InputException if there is none; names the nearest
     */
    public static PassageReader of(Path corpus) {
        if (Files.isDirectory(corpus)) return BeirFolder.open(corpus).passages();
        return ofFile(corpus);
    }

    static PassageReader ofFile(Path file) {
        return new PassageReader(file);
    }

    /** The file that is read. */
    public Path file() {
        return file;
    }

    @Override
    public boolean hasNext() {
        return rows.hasNext();
    }

    /**
     * The next passage.
     *
     * @throws InputException if it cannot be read; names file and line
     * @throws NoSuchElementException after the last one
     */
    @Override
    public Passage next() {
        IdentifiedRows.Identified row = rows.next();
        String text = row.required("text");
        String title = row.optional("title");
        return new Passage(row.id(), title == null ? "" : title, text, fields(row.object()), row.line());
    }

    /** The passages that are left; closing the stream closes the reader. The first unreadable row ends it by exception. */
    public Stream<Passage> stream() {
        int kind = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, kind), false)
                .onClose(this::close);
    }

    private static Map<String, List<String>> fields(JsonNode row) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        row.properties().forEach(member -> {
            String name = member.getKey();
            JsonNode value = member.getValue();
            if (TOP.contains(name)) return;
            collect(NAMELESS.contains(name) && value.isObject() ? "" : name, value, fields);
        });
        if (fields.isEmpty()) return Map.of();
        fields.replaceAll((name, values) -> List.copyOf(values));
        return Collections.unmodifiableMap(fields);
    }

    private static void collect(String path, JsonNode value, Map<String, List<String>> fields) {
        if (value.isNull()) return;
        if (value.isArray()) {
            value.forEach(element -> collect(path, element, fields));
        } else if (value.isObject()) {
            value.properties()
                    .forEach(member -> collect(
                            path.isEmpty() ? member.getKey() : path + "." + member.getKey(),
                            member.getValue(),
                            fields));
        } else {
            fields.computeIfAbsent(path, name -> new ArrayList<>()).add(JsonlReader.text(value));
        }
    }

    @Override
    public void close() {
        rows.close();
    }
}
