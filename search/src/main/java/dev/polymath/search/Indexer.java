package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.data.Passage;
import dev.polymath.data.PassageReader;
import dev.polymath.run.Polymath;
import dev.polymath.task.Interacting;
import dev.polymath.task.QualityTask;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.Term;

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

    private final Path folder;
    private final Embedding embedding;
    private final WritableIndex index;
    private final KnownDocuments known;
    private final PassageSplitter splitter;
    private final Interacting reranker;
    private final QualityTask quality;
    private final double least;
    private final WriteBehind behind = new WriteBehind();
    private List<Passage> batch = new ArrayList<>();
    private int batchCharacters;
    private Duration commitAfter = Duration.ofSeconds(30);
    private long lastCommit = System.nanoTime();
    private final AtomicLong added = new AtomicLong();
    private long kept;
    private final AtomicLong leftOut = new AtomicLong();

    private Indexer(Path folder, Embedding embedding, WritableIndex index, OtherTasks others) throws IOException {
        this.folder = folder;
        this.embedding = embedding;
        this.reranker = OtherTasks.reranker(embedding.model(), index.description());
        this.quality = others.quality(embedding.model());
        this.least = quality == null ? Double.NEGATIVE_INFINITY : quality.threshold(others.keep());
        this.index = index;
        this.known = new KnownDocuments(index.directory());
        this.splitter = new PassageSplitter(
                embedding.model().tokenizer(), index.description().settings().passageTokens());
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
        return open(folder, model, settings, OtherTasks.NONE);
    }

    /**
     * As {@link #open(Path, Polymath, IndexSettings)}, with more that the model has of documents.
     *
     * @throws InputException also if a task does not fit, or an index keeps what another one has of passages
     */
    public static Indexer open(Path folder, Polymath model, IndexSettings settings, OtherTasks others) {
        IndexDescription there = IndexDescription.of(folder);
        String task =
                settings.task() == null && there != null ? there.settings().task() : settings.task();
        Embedding embedding = new Embedding(model, task, settings.cut());
        IndexDescription description = IndexDescription.decided(folder, there, embedding, settings, others.kept(model));
        WritableIndex index = WritableIndex.open(folder, description, there != null);
        return IndexFolder.attempt(folder, () -> {
            try {
                return new Indexer(folder, embedding, index, others);
            } catch (IOException | RuntimeException e) {
                index.abandon();
                throw e;
            }
        });
    }

    /** What the index remembers of how it is made. */
    public IndexDescription description() {
        return index.description();
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
                listener.progress(line, added.get(), kept);
                stopped = listener.stop() && passages.hasNext();
            }
            commit();
            listener.progress(line, added.get(), kept);
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
        if (vector.length != description().dimensions() || !(Math.abs(squares - 1) < 1e-3)) {
            throw new InputException(
                    "the vector of document '" + passage.id() + "' has " + vector.length + " numbers and length "
                            + Math.sqrt(squares) + "; " + description().dimensions() + " and 1 are expected");
        }
        Stretch whole = new Stretch(0, passage.text().length());
        writing(() -> {
            flush();
            behind.settle();
            if (known.has(passage)) kept++;
            else {
                write(
                        passage,
                        List.of(whole),
                        List.of(new PassageReading.Read(vector, null, Double.POSITIVE_INFINITY)));
                added.incrementAndGet();
            }
            commitIfDue();
        });
    }

    private static void requireId(Passage passage) {
        if (passage.id().length() <= IndexedDocument.LONGEST_ID) return;
        throw new InputException("the _id of the document at line " + passage.line() + " has "
                + passage.id().length() + " characters; at most " + IndexedDocument.LONGEST_ID + " are possible");
    }

    private void write(Passage passage, List<Stretch> stretches, List<PassageReading.Read> read) throws IOException {
        index.writer()
                .updateDocuments(
                        new Term(IndexedDocument.ID, passage.id()), IndexedDocument.of(passage, stretches, read));
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
            behind.settle();
            for (String id : ids) {
                if (known.forget(id)) there[0]++;
                index.writer().deleteDocuments(new Term(IndexedDocument.ID, id));
            }
        });
        return there[0];
    }

    /**
     * Keeps a share of the documents, those for which a task gives the highest numbers, and deletes the others; see {@link
     * Pruning} for the source. A collection that is added again afterwards brings them back.
     *
     * @param task of the index's model, on single texts, that gives a number: how much a text is worth keeping
     * @param keep above 0, at most 1
     * @return how many were deleted
     * @throws InputException if there is no such task, or it does not fit
     */
    public int prune(String task, double keep) {
        if (!(keep > 0 && keep <= 1))
            throw new InputException("the share to keep is " + keep + "; it must be above 0 and at most 1");
        Pruning pruning = new Pruning(embedding.model(), task);
        commit();
        List<String> gone = IndexFolder.attempt(folder, () -> {
            try (DirectoryReader reader = DirectoryReader.open(index.directory())) {
                return pruning.lowest(reader, keep);
            }
        });
        delete(gone);
        commit();
        return gone.size();
    }

    /** Makes all that was added or deleted lasting, and visible to whoever opens or refreshes the index. */
    public void commit() {
        writing(() -> {
            flush();
            behind.settle();
            index.commit();
            lastCommit = System.nanoTime();
        });
    }

    /** Merges all into one segment, in which a search walks one graph instead of several, and commits. */
    public void compact() {
        commit();
        writing(() -> index.writer().forceMerge(1));
        commit();
    }

    /** Documents written by this; a batch may still be on its way until the next commit. */
    public long added() {
        return added.get();
    }

    /** Documents passed over by this, since the index had them as they are. */
    public long kept() {
        return kept;
    }

    /** Documents that this did not write, since they hardly answer anything. */
    public long leftOut() {
        return leftOut.get();
    }

    private boolean commitIfDue() {
        boolean due = System.nanoTime() - lastCommit >= commitAfter.toNanos();
        // Documents that are passed over need none.
        if (!due || !index.writer().hasUncommittedChanges()) return false;
        commit();
        return true;
    }

    /** Embeds what has been gathered; it is written while the next is. */
    private void flush() throws IOException {
        if (batch.isEmpty()) return;
        List<Passage> passages = batch;
        List<List<Stretch>> stretches = new ArrayList<>();
        PassageReading reading = new PassageReading(embedding.model(), embedding.embedder(), reranker, quality);
        for (Passage passage : passages) {
            List<Stretch> split = splitter.split(passage);
            stretches.add(split);
            for (Stretch each : split) reading.add(passage, each, splitter.read(passage, each, split.size() == 1));
        }
        List<PassageReading.Read> read = reading.read();
        behind.write(() -> write(passages, stretches, read));
        batch = new ArrayList<>();
        batchCharacters = 0;
    }

    private void write(List<Passage> passages, List<List<Stretch>> stretches, List<PassageReading.Read> read)
            throws IOException {
        int at = 0;
        for (int i = 0; i < passages.size(); i++) {
            List<PassageReading.Read> own =
                    read.subList(at, at += stretches.get(i).size());
            // A document answers as much as the best of its passages.
            if (own.stream().anyMatch(each -> each.quality() >= least)) {
                write(passages.get(i), stretches.get(i), own);
                added.incrementAndGet();
            } else {
                index.writer()
                        .deleteDocuments(
                                new Term(IndexedDocument.ID, passages.get(i).id()));
                leftOut.incrementAndGet();
            }
        }
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
            try (known;
                    behind) {
                if (index.writer().isOpen()) commit();
            } finally {
                index.close();
            }
        });
    }
}
