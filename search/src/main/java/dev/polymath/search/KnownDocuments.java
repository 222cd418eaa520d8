package dev.polymath.search;

import dev.polymath.data.Passage;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;

/**
 * The documents that the index had when it was opened for writing: a document that is there as it is need not be computed
 * again. So indexing goes on where it was stopped, and a collection that has changed a little is indexed anew in little time.
 * Takes a bit of memory a document. Not thread-safe.
 */
final class KnownDocuments implements Closeable {
    private final DirectoryReader reader;
    private final List<Segment> segments = new ArrayList<>();
    /** Written over since, so that what was known of them no longer holds. */
    private final FixedBitSet replaced;

    private record Segment(LeafReader reader, int base, TermsEnum ids) {}

    KnownDocuments(Directory directory) throws IOException {
        this.reader = DirectoryReader.open(directory);
        this.replaced = new FixedBitSet(Math.max(1, reader.maxDoc()));
        for (LeafReaderContext leaf : reader.leaves()) {
            Terms ids = leaf.reader().terms(IndexedDocument.ID);
            if (ids != null) segments.add(new Segment(leaf.reader(), leaf.docBase, ids.iterator()));
        }
    }

    /** Whether the index has this very document; if not, one with its id counts as written over from now on. */
    boolean has(Passage passage) throws IOException {
        BytesRef id = new BytesRef(passage.id());
        for (Segment segment : segments) {
            int document = find(segment, id);
            if (document < 0) continue;
            if (replaced.get(segment.base + document)) return false;
            BinaryDocValues digests = segment.reader.getBinaryDocValues(IndexedDocument.DIGEST);
            boolean same =
                    digests.advanceExact(document) && digests.binaryValue().equals(IndexedDocument.digest(passage));
            if (!same) replaced.set(segment.base + document);
            return same;
        }
        return false;
    }

    /** Lets a document count as gone; whether it was there, and had not been written over. */
    boolean forget(String id) throws IOException {
        for (Segment segment : segments) {
            int document = find(segment, new BytesRef(id));
            if (document >= 0) return !replaced.getAndSet(segment.base + document);
        }
        return false;
    }

    /** The document of that id as a whole, which is the last with it; -1 if there is none, or it was deleted. */
    private static int find(Segment segment, BytesRef id) throws IOException {
        if (!segment.ids.seekExact(id)) return -1;
        PostingsEnum postings = segment.ids.postings(null, PostingsEnum.NONE);
        int last = -1;
        for (int each = postings.nextDoc(); each != DocIdSetIterator.NO_MORE_DOCS; each = postings.nextDoc()) {
            if (segment.reader.getLiveDocs() == null
                    || segment.reader.getLiveDocs().get(each)) last = each;
        }
        return last;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
