package dev.polymath.search;

import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.util.BytesRef;

/**
 * What a task that ranks hits anew keeps of a passage, in the index: its numbers in half precision, as binary values beside the
 * passage's vector. Lucene takes 32,766 bytes a value, so that there are as many as it takes.
 */
final class KeptItems {
    private static final String FIELD = "kept.";
    private static final int MOST_BYTES = 32_000;

    private KeptItems() {}

    static void add(Document document, float[] items) {
        ByteBuffer halves = Array.of(items, items.length).cast(DType.F16).data();
        byte[] bytes = new byte[halves.remaining()];
        halves.duplicate().get(bytes);
        for (int from = 0, part = 0; from < bytes.length; from += MOST_BYTES, part++) {
            int length = Math.min(MOST_BYTES, bytes.length - from);
            document.add(new BinaryDocValuesField(FIELD + part, new BytesRef(bytes, from, length)));
        }
    }

    /** Of one of Lucene's documents; null where nothing is kept of it. */
    static float[] of(IndexReader reader, int document) throws IOException {
        List<LeafReaderContext> leaves = reader.leaves();
        LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(document, leaves));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int part = 0; ; part++) {
            BinaryDocValues values = leaf.reader().getBinaryDocValues(FIELD + part);
            if (values == null || !values.advanceExact(document - leaf.docBase)) break;
            BytesRef value = values.binaryValue();
            bytes.write(value.bytes, value.offset, value.length);
        }
        if (bytes.size() == 0) return null;
        ByteBuffer halves = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        int count = bytes.size() / DType.F16.bytes();
        return Arrays.copyOf(
                new Array(DType.F16, new long[] {count}, halves).cast(DType.F32).floats(), count);
    }
}
