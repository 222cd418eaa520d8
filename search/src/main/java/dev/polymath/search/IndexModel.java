package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.run.Polymath;
import java.nio.file.Path;

/** The model of an index that is searched: one that was given, or the one that the index remembers, opened when first needed. */
final class IndexModel implements AutoCloseable {
    private final Path folder;
    private final Polymath given;
    private Polymath own;
    private Embedding embedding;
    private boolean closed;

    /**
     * @param folder of the index
     * @param given null for the one that the index remembers
     */
    IndexModel(Path folder, Polymath given) {
        this.folder = folder;
        this.given = given;
    }

    /** @throws InputException if it is not there, or does not give the index's vectors */
    synchronized Embedding embedding() {
        if (closed) throw new IllegalStateException("the index has been closed");
        if (embedding != null) return embedding;
        IndexDescription description = IndexFolder.describe(folder);
        Polymath model = given == null ? remembered(description) : given;
        Embedding opened = new Embedding(
                model, description.settings().task(), description.settings().cut());
        opened.requireFits(folder, description);
        embedding = opened;
        return opened;
    }

    private Polymath remembered(IndexDescription description) {
        if (own != null) return own;
        try {
            own = Polymath.open(description.model());
            return own;
        } catch (InputException e) {
            throw new InputException(
                    "the model of " + folder + " cannot be opened; if it was moved, say where it is: " + e.getMessage(),
                    e);
        }
    }

    /** Closes the model if it was opened here. */
    @Override
    public synchronized void close() {
        closed = true;
        if (own != null) own.close();
    }
}
