package dev.polymath.data;

import java.nio.file.Path;
import java.util.List;

/** A record of a data file, before a task makes an example of it. */
public interface Row {
    Path file();

    /** The line where it starts, from 1. */
    long line();

    /**
     * The value of a named field of a CSV, TSV or JSONL row, or null where JSONL lacks it or has null.
     *
     * @throws dev.polymath.InputException if the file has no such column; names the nearest one
     */
    String field(String name);

    /**
     * The values of column {@code index} (from 0) of a CoNLL sentence, one a token.
     *
     * @throws dev.polymath.InputException if a line has too few columns
     */
    List<String> column(int index);

    /** The line of each token of a CoNLL sentence. */
    long tokenLine(int token);
}
