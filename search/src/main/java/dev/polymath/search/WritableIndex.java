package dev.polymath.search;

import dev.polymath.InputException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;

/** Lucene's writer of an index folder, which holds the folder's lock; with what the index is to remember of itself. */
final class WritableIndex implements Closeable {
    /** What is written before a segment is made of it: few segments are made, and merged, where there is much. */
    private static final double BUFFER_MEGABYTES = 256;

    private final Directory directory;
    private final IndexWriter writer;
    private final IndexDescription description;

    private WritableIndex(Path folder, IndexDescription description, boolean begun) throws IOException {
        this.description = description;
        this.directory = FSDirectory.open(folder);
        IndexWriter opened = null;
        try {
            // Better to hear of damage before hours of work than at the next merge.
            if (begun) IndexFolder.verify(directory, new HashSet<>());
            opened = new IndexWriter(directory, configuration(description));
            this.writer = opened;
            // An index says at once what it is, and whoever opens it finds it empty.
            if (!begun) commit();
        } catch (IOException | RuntimeException e) {
            if (opened != null) opened.rollback();
            directory.close();
            throw e;
        }
    }

    /**
     * @param begun whether there is an index already
     * @throws InputException if it is damaged, or another process writes it
     */
    static WritableIndex open(Path folder, IndexDescription description, boolean begun) {
        return IndexFolder.attempt(folder, () -> {
            try {
                return new WritableIndex(folder, description, begun);
            } catch (LockObtainFailedException e) {
                throw new InputException(folder + " is being written by another process; wait until that is done", e);
            }
        });
    }

    /** Makes hybrid search in an index fuse so, unless a query says otherwise; needs no model. */
    static void keepFusion(Path folder, Fusion fusion) {
        IndexFolder.requireIndex(folder);
        IndexDescription description = IndexDescription.of(folder).with(fusion);
        WritableIndex index = open(folder, description, true);
        IndexFolder.attempt(folder, () -> {
            try (index) {
                index.commit();
            }
            return null;
        });
    }

    private static IndexWriterConfig configuration(IndexDescription description) {
        IndexSettings settings = description.settings();
        KnnVectorsFormat vectors =
                settings.vectors().format(settings.connections(), settings.beam(), description.dimensions());
        IndexWriterConfig configuration = new IndexWriterConfig(settings.words().analyzer());
        configuration.setRAMBufferSizeMB(BUFFER_MEGABYTES);
        configuration.setCommitOnClose(false);
        configuration.setCodec(new Lucene912Codec() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return vectors;
            }
        });
        return configuration;
    }

    Directory directory() {
        return directory;
    }

    IndexWriter writer() {
        return writer;
    }

    IndexDescription description() {
        return description;
    }

    /** Makes lasting what was written. */
    void commit() throws IOException {
        writer.setLiveCommitData(description.commitData().entrySet());
        writer.commit();
    }

    /** Lets the folder go, without what was not committed. */
    @Override
    public void close() throws IOException {
        try (directory) {
            writer.close();
        }
    }

    /** As {@link #close}, where something else has failed already. */
    void abandon() throws IOException {
        try (directory) {
            writer.rollback();
        }
    }
}
