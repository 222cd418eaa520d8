package dev.polymath.data;

import dev.polymath.InputException;
import java.nio.file.Path;
import java.util.List;

/**
 * Tab-separated values with a header. A tab always separates, a line is always a row, and quotes are ordinary
 * characters: a text with a tab or a line break needs CSV or JSONL. Empty lines are passed over.
 */
final class TsvReader extends RowReader {
    private final LineReader lines;
    private Header header;
    private boolean any;

    TsvReader(Path file) {
        super(file);
        this.lines = new LineReader(file);
    }

    @Override
    Row read() {
        if (header == null) readHeader();
        String line = line();
        if (line == null) {
            if (any) return null;
            throw new Stop(file(), 0, "there is a header but no row");
        }
        any = true;
        return header.row(lines.line(), fields(line), "a text cannot hold a tab in TSV");
    }

    private void readHeader() {
        String line = line();
        if (line == null) throw new Stop(file(), 0, "the file is empty");
        try {
            header = new Header(file(), lines.line(), fields(line));
        } catch (InputException e) {
            throw new Stop(e);
        }
    }

    private String line() {
        try {
            String line = lines.nextText();
            while (line != null && line.isEmpty()) line = lines.nextText();
            return line;
        } catch (InputException e) {
            throw new Stop(e);
        }
    }

    private static List<String> fields(String line) {
        return List.of(line.split("\t", -1));
    }

    @Override
    public void close() {
        lines.close();
    }
}
