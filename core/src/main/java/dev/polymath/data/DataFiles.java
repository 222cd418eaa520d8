package dev.polymath.data;

import dev.polymath.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Opens data files. All are UTF-8, read strictly, with or without a byte order mark; lines end with LF or CR LF.
 *
 * <ul>
 *   <li>{@code .csv}: a header, then rows after RFC 4180: commas separate, double quotes may surround a field, a quote
 *       inside is written twice, and a quoted field may hold line breaks.
 *   <li>{@code .tsv}: a header, then rows: tabs separate, and quotes are ordinary characters.
 *   <li>{@code .jsonl} or {@code .ndjson}: one JSON object a line.
 *   <li>CoNLL columns: a token a line, an empty line behind each sentence; tasks that tag read these whatever the file's
 *       name.
 * </ul>
 */
public final class DataFiles {
    private static final List<String> EXTENSIONS = List.of(".csv", ".tsv", ".jsonl", ".ndjson", ".conll");

    private DataFiles() {}

    /**
     * The rows of a file by its extension; {@code .conll} opens as {@link #sentences}.
     *
     * @throws InputException if there is no such file, or nothing is known of its extension; names the nearest
     */
    public static RowReader rows(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        String extension = name.substring(Math.max(0, name.lastIndexOf('.')));
        if (!EXTENSIONS.contains(extension)) {
            throw InputException.at(
                    file,
                    0,
                    "the extension says which format it is, and '" + extension + "' says nothing"
                            + Choices.instead(extension, EXTENSIONS));
        }
        mustExist(file);
        return switch (extension) {
            case ".csv" -> new CsvReader(file);
            case ".tsv" -> new TsvReader(file);
            case ".conll" -> new ColumnReader(file);
            default -> new JsonlReader(file);
        };
    }

    /**
     * The sentences of a file of CoNLL columns, whatever its extension.
     *
     * @throws InputException if there is no such file; names the nearest
     */
    public static RowReader sentences(Path file) {
        mustExist(file);
        return new ColumnReader(file);
    }

    /**
     * A whole file as text.
     *
     * @throws InputException if there is no such file, or a byte of it is not UTF-8
     */
    public static String text(Path file) {
        mustExist(file);
        StringBuilder text = new StringBuilder();
        try (LineReader lines = new LineReader(file)) {
            for (String line = lines.next(); line != null; line = lines.next()) text.append(line);
        }
        return text.toString();
    }

    /** @throws InputException unless the file is there; names the nearest */
    static void mustExist(Path file) {
        if (Files.isDirectory(file)) throw InputException.at(file, 0, "is a folder; a file is expected");
        if (!Files.exists(file)) throw InputException.at(file, 0, missing(file));
    }

    private static String missing(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) return "there is no such file; the folder " + folder + " is missing too";
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.filter(Files::isRegularFile)
                    .map(each -> each.getFileName().toString())
                    .sorted()
                    .toList();
            return "there is no such file" + Choices.instead(file.getFileName().toString(), names);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
