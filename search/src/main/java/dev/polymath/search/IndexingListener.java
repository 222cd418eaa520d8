package dev.polymath.search;

/** Hears how indexing goes on. */
public interface IndexingListener {
    /** Hears nothing. */
    IndexingListener NONE = new IndexingListener() {};

    /**
     * After each batch of documents.
     *
     * @param line of the file where the last of them stands
     * @param added documents that were written so far
     * @param kept documents that the index had already
     */
    default void progress(long line, long added, long kept) {}

    /** After each commit: what stands up to this line of the file will be there whatever happens. */
    default void committed(long line) {}

    /** Asked before each batch; where true, what there is is committed, and indexing ends there. */
    default boolean stop() {
        return false;
    }
}
