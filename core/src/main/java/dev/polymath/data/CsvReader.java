package dev.polymath.data;

import dev.polymath.InputException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Comma-separated values with a header, after RFC 4180; rows may end with LF or CR LF, empty lines are passed over. */
final class CsvReader extends RowReader {
    /** Where commons-csv says that a quote opened which the file never closes. */
    private static final Pattern OPENED = Pattern.compile("\\(startline (\\d+)\\) EOF");

    private static final String ADVICE = "a field with a comma needs double quotes around it";

    private final CSVParser parser;
    private final Iterator<CSVRecord> records;
    private Header header;
    private long start;
    private boolean any;

    CsvReader(Path file) {
        super(file);
        LineReader lines = new LineReader(file);
        try {
            CSVFormat format =
                    CSVFormat.RFC4180.builder().setIgnoreEmptyLines(false).get();
            this.parser = CSVParser.builder()
                    .setReader(new LinesAsReader(lines))
                    .setFormat(format)
                    .get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.records = parser.iterator();
    }

    @Override
    Row read() {
        if (header == null) readHeader();
        CSVRecord record = record();
        if (record == null) {
            if (any) return null;
            throw new Stop(file(), 0, "there is a header but no row");
        }
        any = true;
        return header.row(start, List.of(record.values()), ADVICE);
    }

    private void readHeader() {
        CSVRecord first = record();
        if (first == null) throw new Stop(file(), 0, "the file is empty");
        try {
            header = new Header(file(), start, List.of(first.values()));
        } catch (InputException e) {
            throw new Stop(e);
        }
    }

    /** The next record that is not an empty line, or null. */
    private CSVRecord record() {
        while (true) {
            start = parser.getCurrentLineNumber() + 1;
            CSVRecord record;
            try {
                if (!records.hasNext()) return null;
                record = records.next();
            } catch (UncheckedIOException e) {
                throw unreadable(e);
            } catch (InputException e) {
                throw new Stop(e);
            }
            boolean empty = record.size() == 1 && record.get(0).isEmpty() && (header == null || header.size() > 1);
            if (!empty) return record;
        }
    }

    private Stop unreadable(UncheckedIOException e) {
        String message = String.valueOf(e.getCause().getMessage());
        Matcher opened = OPENED.matcher(message);
        if (opened.find()) {
            return new Stop(
                    file(), Long.parseLong(opened.group(1)), "a double quote opens here and is closed nowhere behind");
        }
        if (message.contains("encapsulated token")) {
            long now = parser.getCurrentLineNumber();
            return new Stop(
                    file(),
                    start,
                    "unbalanced quotes in the row that starts here: a closing quote on line " + now
                            + " is followed by text; a quote inside a quoted field is written twice");
        }
        return new Stop(file(), start, message);
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lines, decoded one by one, as the characters that the parser wants. */
    private static final class LinesAsReader extends Reader {
        private final LineReader lines;
        private String line = "";
        private int at;

        LinesAsReader(LineReader lines) {
            this.lines = lines;
        }

        @Override
        public int read(char[] target, int offset, int length) {
            if (at == line.length()) {
                line = lines.next();
                at = 0;
                if (line == null) {
                    line = "";
                    return -1;
                }
            }
            int count = Math.min(length, line.length() - at);
            line.getChars(at, at + count, target, offset);
            at += count;
            return count;
        }

        @Override
        public void close() {
            lines.close();
        }
    }
}
