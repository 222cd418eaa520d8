package dev.polymath.data;

import dev.polymath.InputException;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The rows of a data file, one at a time, whatever its format. {@link #next} throws an {@link InputException} for a row
 * that cannot be read; {@link #hasNext} then says whether reading can go on behind it, so that a caller may collect every
 * problem of a file. Not thread-safe.
 */
public abstract class RowReader implements Iterator<Row>, Closeable {
    private final Path file;
    private Row ahead;
    private InputException problem;
    private boolean done;

    RowReader(Path file) {
        this.file = file;
    }

    /** The file that is read. */
    public Path file() {
        return file;
    }

    /**
     * Reads one row, or gives null after the last one.
     *
     * @throws InputException if the row cannot be read; reading may go on unless it is a {@link Stop}
     */
    abstract Row read();

    @Override
    public boolean hasNext() {
        if (ahead == null && problem == null && !done) advance();
        return ahead != null || problem != null;
    }

    private void advance() {
        try {
            ahead = read();
            done = ahead == null;
        } catch (Stop e) {
            problem = new InputException(e.getMessage());
            done = true;
        } catch (InputException e) {
            problem = e;
        }
    }

    /**
     * The next row.
     *
     * @throws InputException if it cannot be read; names file and line
     * @throws NoSuchElementException after the last one
     */
    @Override
    public Row next() {
        if (!hasNext()) throw new NoSuchElementException();
        if (problem != null) {
            InputException thrown = problem;
            problem = null;
            throw thrown;
        }
        Row row = ahead;
        ahead = null;
        return row;
    }

    /** The rows that are left; closing the stream closes the reader. The first unreadable row ends it by exception. */
    public Stream<Row> stream() {
        int kind = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, kind), false)
                .onClose(this::close);
    }

    @Override
    public abstract void close();

    /** A problem behind which nothing can be read. */
    static final class Stop extends InputException {
        Stop(Path file, long line, String message) {
            super(at(file, line, message).getMessage());
        }

        Stop(InputException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
