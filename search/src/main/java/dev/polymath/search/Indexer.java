package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.data.Passage;
import dev.polymath.data.PassageReader;
import dev.polymath.run.Polymath;
import dev.polymath.task.Embedder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;

/**
 * Writes an index: adds documents, replaces those whose id it has, deletes.
 *
 * <pre>{@code
 * try (Polymath model = Polymath.open(Path.of("minilm"));
 *         Indexer indexer = Indexer.open(Path.of("index"), model, IndexSettings.DEFAULT)) {
 *     indexer.addAll(Path.of("data/faq"), IndexingListener.NONE);
 * }
 * }</pre>
 *
 * <p>Documents are embedded in batches of like length, and become visible and lasting with a commit: after {@link
 * #commitAfter} at the latest, and when this is closed. A process that is killed loses what came after its last commit and
 * nothing else. One process at a time writes an index; others may search in it meanwhile. Not thread-safe.
 */
public final class Indexer implements AutoCloseable {
    /** Documents embedded together: enough to fill batches of like length, few enough to hold. */
    private static final int BATCH = 256;
    /** Long documents end a batch before, so that its passages take little memory. */
    private static final int BATCH_CHARACTERS = 1 << 20;

    private static final double BUFFER_MEGABYTES = 256;

    private final Path folder;
    private final Embedding embedding;
    private final Directory directory;
    private final IndexWriter writer;
    private final KnownDocuments known;
    private final PassageSplitter splitter;
    private final List<Passage> batch = new ArrayList<>();
    private int batchCharacters;
    private IndexDescription description;
    private Duration commitAfter = Duration.ofSeconds(30);
    private long lastCommit = System.nanoTime();
    private long added;
    private long kept;

    private Indexer(Path folder, Embedding embedding, IndexDescription description, boolean begun) throws IOException {
        this.folder = folder;
        this.embedding = embedding;
        this.description = description;
        this.directory = FSDirectory.open(folder);
        IndexWriter opened = null;
        try {
            // Better to hear of damage before hours of work than at the next merge.
            if (begun) IndexFolder.verify(directory, new HashSet<>());
            opened = new IndexWriter(directory, configuration(description));
            opened.setLiveCommitData(description.commitData().entrySet());
            // An index that exists at once says what it is, and whoever opens it finds it empty.
            if (!begun) opened.commit();
            this.writer = opened;
            this.known = new KnownDocuments(directory);
        } catch (IOException | RuntimeException e) {
            if (opened != null) opened.rollback();
            directory.close();
            throw e;
        }
        this.splitter = new PassageSplitter(
                embedding.model().tokenizer(), description.settings().passageTokens());
    }

    /**
     * Opens an index for writing, or begins one.
     *
     * @param folder of the index; folders above it are made
     * @param model gives the vectors; it stays the caller's to close
     * @throws InputException if something else is in the folder, the index is damaged, has vectors of another model, or was
     *     made with other settings (but for {@code k1} and {@code b}, which may change), or another process writes it
     */
    public static Indexer open(Path folder, Polymath model, IndexSettings settings) {
        IndexDescription index = IndexDescription.of(folder);
        String task =
                settings.task() == null && index != null ? index.settings().task() : settings.task();
        Embedding embedding = new Embedding(model, task);
        IndexSettings decided = decided(settings, embedding);
        if (index != null) {
            embedding.requireFits(folder, index);
            requireSame(folder, index.settings(), decided);
        }
        Fusion fusion = index == null ? Fusion.DEFAULT : index.fusion();
        IndexDescription description =
                new IndexDescription(modelPath(model), embedding.digest(), embedding.dimensions(), decided, fusion);
        return alone(folder, () -> new Indexer(folder, embedding, description, index != null));
    }

    /** Makes hybrid search in an index fuse so, unless a query says otherwise; needs no model. */
    static void keepFusion(Path folder, Fusion fusion) {
        IndexFolder.requireIndex(folder);
        IndexDescription description = IndexDescription.of(folder).with(fusion);
        alone(folder, () -> {
            try (Directory directory = FSDirectory.open(folder);
                    IndexWriter writer = new IndexWriter(directory, configuration(description))) {
                writer.setLiveCommitData(description.commitData().entrySet());
                return writer.commit();
            }
        });
    }

    private static <T> T alone(Path folder, IndexFolder.Work<T> work) {
        return IndexFolder.attempt(folder, () -> {
            try {
                return work.done();
            } catch (LockObtainFailedException e) {
                throw new InputException(folder + " is being written by another process; wait until that is done", e);
            }
        });
    }

    /** What is found by names on every machine stands for the built-in model, whose folder lies in the user's cache. */
    private static Path modelPath(Polymath model) {
        Path path = model.folder().path();
        boolean builtIn = path.getFileName().toString().matches("minilm-[0-9a-f]{12}");
        return builtIn ? Path.of("minilm") : path.toAbsolutePath().normalize();
    }

    private static IndexSettings decided(IndexSettings settings, Embedding embedding) {
        int most = embedding.maxTokens();
        if (settings.passageTokens() > most) {
            throw new InputException(
                    "passages of " + settings.passageTokens() + " tokens are longer than the model reads, " + most);
        }
        return settings.task(embedding.task())
                .passageTokens(settings.passageTokens() == 0 ? most : settings.passageTokens());
    }

    private static void requireSame(Path folder, IndexSettings index, IndexSettings asked) {
        if (index.bm25(asked.k1(), asked.b()).equals(asked)) return;
        throw new InputException(folder + " was made with other settings; it has " + index + ", and asked for is "
                + asked + "; leave them out, or index the collection into another folder");
    }

    private static IndexWriterConfig configuration(IndexDescription description) {
        IndexSettings settings = description.settings();
        KnnVectorsFormat vectors =
                settings.vectors().format(settings.connections(), settings.beam(), description.dimensions());
        IndexWriterConfig configuration = new IndexWriterConfig(settings.words().analyzer());
        configuration.setRAMBufferSizeMB(BUFFER_MEGABYTES);
        configuration.setCodec(new Lucene912Codec() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return vectors;
            }
        });
        return configuration;
    }

    /** What the index remembers of how it is made. */
    public IndexDescription description() {
        return description;
    }

    /** Commits after so long (30 seconds unless this says otherwise), at the end of the batch that is under way. */
    public void commitAfter(Duration time) {
        commitAfter = time;
    }

    /**
     * Adds a collection: a BEIR folder or a JSONL file. What the index has already as it is, is passed over, so that the same
     * call goes on where one before was stopped.
     *
     * @return whether all of it was added, and the listener did not stop it
     * @throws InputException at a row that cannot be read, after committing those before
     */
    public boolean addAll(Path corpus, IndexingListener listener) {
        try (PassageReader passages = PassageReader.of(corpus)) {
            long line = 0;
            boolean stopped = false;
            while (passages.hasNext() && !stopped) {
                Passage passage = passages.next();
                line = passage.line();
                add(passage);
                if (!batch.isEmpty()) continue;
                if (commitIfDue()) listener.committed(line);
                listener.progress(line, added, kept);
                stopped = listener.stop() && passages.hasNext();
            }
            commit();
            listener.progress(line, added, kept);
            listener.committed(line);
            return !stopped;
        } catch (InputException e) {
            commit();
            throw e;
        }
    }

    /**
     * Adds a document, in place of the one with its id if there is one.
     *
     * @throws InputException if its id is longer than 8,192 UTF-16 units
     */
    public void add(Passage passage) {
        requireId(passage);
        writing(() -> {
            if (known.has(passage)) kept++;
            else {
                batch.add(passage);
                batchCharacters += passage.text().length();
            }
            if (batch.size() >= BATCH || batchCharacters >= BATCH_CHARACTERS) flush();
        });
    }

    /**
     * Adds a document that is one passage, with its vector, which the caller has from the index's task, say by another process.
     *
     * @param vector of {@link Passage#whole}
     * @throws InputException if the id is too long, or the vector has not the index's dimensions or not length 1
     */
    public void add(Passage passage, float[] vector) {
        requireId(passage);
        double squares = 0;
        for (float value : vector) squares += (double) value * value;
        if (vector.length != description.dimensions() || !(Math.abs(squares - 1) < 1e-3)) {
            throw new InputException(
                    "the vector of document '" + passage.id() + "' has " + vector.length + " numbers and length "
                            + Math.sqrt(squares) + "; " + description.dimensions() + " and 1 are expected");
        }
        Stretch whole = new Stretch(0, passage.text().length());
        writing(() -> {
            flush();
            if (known.has(passage)) kept++;
            else {
                write(passage, List.of(whole), new float[][] {vector});
                added++;
            }
            commitIfDue();
        });
    }

    private static void requireId(Passage passage) {
        if (passage.id().length() <= IndexedDocument.LONGEST_ID) return;
        throw new InputException("the _id of the document at line " + passage.line() + " has "
                + passage.id().length() + " characters; at most " + IndexedDocument.LONGEST_ID + " are possible");
    }

    private void write(Passage passage, List<Stretch> stretches, float[][] vectors) throws IOException {
        writer.updateDocuments(
                new Term(IndexedDocument.ID, passage.id()), IndexedDocument.of(passage, stretches, vectors));
    }

    /**
     * Deletes documents by their ids; those that are not there are passed over.
     *
     * @return how many of them the index had when it was opened
     */
    public int delete(Collection<String> ids) {
        int[] there = new int[1];
        writing(() -> {
            flush();
            for (String id : ids) {
                if (known.forget(id)) there[0]++;
                writer.deleteDocuments(new Term(IndexedDocument.ID, id));
            }
        });
        return there[0];
    }

    /** Makes all that was added or deleted lasting, and visible to whoever opens or refreshes the index. */
    public void commit() {
        writing(() -> {
            flush();
            writer.setLiveCommitData(description.commitData().entrySet());
            writer.commit();
            lastCommit = System.nanoTime();
        });
    }

    /** Merges all into one segment, in which a search walks one graph instead of several, and commits. */
    public void compact() {
        commit();
        writing(() -> writer.forceMerge(1));
        commit();
    }

    /** Documents written by this. */
    public long added() {
        return added;
    }

    /** Documents passed over by this, since the index had them as they are. */
    public long kept() {
        return kept;
    }

    private boolean commitIfDue() {
        if (System.nanoTime() - lastCommit < commitAfter.toNanos()) return false;
        commit();
        return true;
    }

    private void flush() throws IOException {
        if (batch.isEmpty()) return;
        List<List<Stretch>> stretches = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (Passage passage : batch) {
            List<Stretch> split = splitter.split(passage);
            stretches.add(split);
            for (Stretch each : split) texts.add(splitter.read(passage, each, split.size() == 1));
        }
        float[][] vectors = embedding.of(texts, Embedder.Side.PASSAGE);
        int at = 0;
        for (int i = 0; i < batch.size(); i++) {
            float[][] own = new float[stretches.get(i).size()][];
            for (int j = 0; j < own.length; j++) own[j] = vectors[at++];
            write(batch.get(i), stretches.get(i), own);
        }
        added += batch.size();
        batch.clear();
        batchCharacters = 0;
    }

    @FunctionalInterface
    private interface Writing {
        void go() throws IOException;
    }

    private void writing(Writing work) {
        IndexFolder.attempt(folder, () -> {
            work.go();
            return null;
        });
    }

    /** Commits, and lets the index go. */
    @Override
    public void close() {
        writing(() -> {
            try (directory;
                    known) {
                if (writer.isOpen()) {
                    commit();
                    writer.close();
                }
            } finally {
                if (writer.isOpen()) writer.rollback();
            }
        });
    }
}
