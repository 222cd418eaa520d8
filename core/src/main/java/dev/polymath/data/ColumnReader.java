package dev.polymath.data;

import dev.polymath.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * CoNLL columns: a token a line, its columns separated by a tab (where the line has one) or by runs of spaces, an empty
 * line behind each sentence. Lines that begin with {@code -DOCSTART-} are passed over. So is a comment: a line that begins
 * with "# " and has not as many columns as the last line of its sentence, so that a token {@code #} keeps its label.
 */
final class ColumnReader extends RowReader {
    private final LineReader lines;
    private boolean any;
    private int width;

    ColumnReader(Path file) {
        super(file);
        this.lines = new LineReader(file);
    }

    @Override
    Row read() {
        for (List<Line> block = block(); !block.isEmpty(); block = block()) {
            List<Line> tokens = tokens(block);
            if (tokens.isEmpty()) continue;
            any = true;
            return new Sentence(file(), tokens);
        }
        if (any) return null;
        throw new Stop(file(), 0, lines.line() == 0 ? "the file is empty" : "there is no sentence");
    }

    /** The lines up to the next empty one; an empty list after the last. */
    private List<Line> block() {
        List<Line> block = new ArrayList<>();
        try {
            for (String line = lines.nextText(); line != null; line = lines.nextText()) {
                if (line.isBlank()) {
                    if (!block.isEmpty()) break;
                } else if (!line.startsWith("-DOCSTART-")) {
                    block.add(new Line(lines.line(), line, columns(line)));
                }
            }
        } catch (InputException e) {
            throw new Stop(e);
        }
        return block;
    }

    /** The block without its comments. */
    private List<Line> tokens(List<Line> block) {
        Line last = block.get(block.size() - 1);
        if (!last.text.startsWith("# ")) width = last.columns.length;
        return block.stream()
                .filter(line -> !line.text.startsWith("# ") || line.columns.length == width)
                .toList();
    }

    private static String[] columns(String line) {
        return line.indexOf('\t') >= 0 ? line.split("\t", -1) : line.trim().split(" +");
    }

    @Override
    public void close() {
        lines.close();
    }

    /** A line of the file and its columns. */
    private record Line(long number, String text, String[] columns) {}

    private record Sentence(Path file, List<Line> lines) implements Row {
        @Override
        public long line() {
            return lines.get(0).number;
        }

        @Override
        public String field(String name) {
            throw InputException.at(file, line(), "there is no column named '" + name + "': columns have numbers here");
        }

        @Override
        public List<String> column(int index) {
            List<String> values = new ArrayList<>(lines.size());
            for (Line line : lines) {
                if (index < 0 || index >= line.columns.length) throw outside(index, line);
                values.add(line.columns[index]);
            }
            return List.copyOf(values);
        }

        private InputException outside(int index, Line line) {
            int last = line.columns.length - 1;
            String there = last == 0 ? "only column 0" : "columns 0 to " + last;
            return InputException.at(
                    file, line.number, "there is no column " + index + " in '" + line.text + "', " + there);
        }

        @Override
        public long tokenLine(int token) {
            return lines.get(token).number;
        }
    }
}
