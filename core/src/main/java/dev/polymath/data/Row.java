package dev.polymath.data;

import java.nio.file.Path;
import java.util.List;

/** A record of a data file, before a task makes an example of it. */
public interface Row {
    Path file();

    /** The line where it starts, from 1. */
    long line();

    /**
     * The value of a named field of a CSV, TSV or JSONL row, or null where JSONL lacks it or has null. Numbers and
     * booleans of JSONL come as text. An empty field of CSV or TSV is an empty text, not null.
     *
     * @throws dev.polymath.InputException if the file has no such column (names the nearest one), if the value is a list
     *     or an object of JSONL, or if the row is a CoNLL sentence, which has no named fields
     */
    String field(String name);

    /**
     * The elements of a field that is a list in JSONL ({@code "topics": ["billing", "refund"]}), as text; an empty list
     * for an empty one. Null where the field is not a list: then {@link #field} has its text, which a task may split.
     * CSV and TSV have no lists, so null always. A task that takes several labels asks here first, then {@link #field}.
     *
     * @throws dev.polymath.InputException if an element is null, a list or an object
     */
    default List<String> values(String name) {
        return null;
    }

    /**
     * The values of column {@code index} (from 0) of a CoNLL sentence, one a token.
     *
     * @throws dev.polymath.InputException if a line has too few columns
     */
    List<String> column(int index);

    /** The line of each token of a CoNLL sentence. */
    long tokenLine(int token);
}
