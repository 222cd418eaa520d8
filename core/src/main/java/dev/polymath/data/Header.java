package dev.polymath.data;

import dev.polymath.InputException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The named columns of a CSV or TSV file. A column without a name (a row index) is passed over. */
final class Header {
    private final Path file;
    private final long line;
    private final int size;
    private final Map<String, Integer> columns = new LinkedHashMap<>();

    /** @throws InputException if two columns share a name */
    Header(Path file, long line, List<String> names) {
        this.file = file;
        this.line = line;
        this.size = names.size();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (name.isEmpty()) continue;
            Integer first = columns.putIfAbsent(name, i);
            if (first != null) {
                throw InputException.at(
                        file, line, "columns " + (first + 1) + " and " + (i + 1) + " are both named '" + name + "'");
            }
        }
    }

    /** How many fields a row has. */
    int size() {
        return size;
    }

    /** @throws InputException if the values are more or fewer than the columns */
    Row row(long rowLine, List<String> values, String advice) {
        if (values.size() == size) return new NamedRow(this, rowLine, values);
        throw InputException.at(
                file,
                rowLine,
                "the row has " + values.size() + (values.size() == 1 ? " field" : " fields") + ", the header "
                        + size + " (" + String.join(", ", columns.keySet()) + ")"
                        + (values.size() > size ? "; " + advice : ""));
    }

    private int index(String name) {
        Integer index = columns.get(name);
        if (index != null) return index;
        throw InputException.at(
                file, line, "there is no column '" + name + "'" + Choices.instead(name, columns.keySet()));
    }

    /** A row of fields under a header. */
    private record NamedRow(Header header, long line, List<String> fields) implements Row {
        @Override
        public Path file() {
            return header.file;
        }

        @Override
        public String field(String name) {
            return fields.get(header.index(name));
        }

        @Override
        public List<String> column(int index) {
            throw InputException.at(
                    header.file, line, "column " + index + " is asked for by number, but this file has named columns");
        }

        @Override
        public long tokenLine(int token) {
            return line;
        }
    }
}
