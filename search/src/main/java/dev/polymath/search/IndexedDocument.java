package dev.polymath.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.data.Passage;
import dev.polymath.weights.Digest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;

/**
 * A document as Lucene keeps it: one of Lucene's documents for the words of all of it and, where it is longer than one passage,
 * another one for each passage's vector, in front of it. They are written and replaced together, so that they stay neighbours;
 * a passage finds its document by its distance. Where there is one passage, the vector lies with the words.
 */
final class IndexedDocument {
    static final String ID = "id";
    /** There for the document as a whole, and not for its passages. */
    static final String WHOLE = "whole";

    static final String WORDS = "words";
    static final String VECTOR = "vector";
    /** How many of Lucene's documents after a passage its document is; 0 for that itself. */
    static final String DISTANCE = "distance";

    static final String START = "start";
    static final String END = "end";
    static final String DIGEST = "digest";
    static final String TITLE = "title";
    static final String TEXT = "text";
    static final String FIELDS = "fields";
    /** Before the name of a field that a filter compares as text. */
    static final String EXACT = "is.";
    /** Before the name of a field that a filter compares as a number. */
    static final String NUMBER = "number.";
    /** Longer values are kept, and not filtered by. */
    static final int LONGEST_VALUE = 1024;
    /** Lucene's own limit is 32,766 bytes. */
    static final int LONGEST_ID = 8192;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, List<String>>> FIELDS_TYPE = new TypeReference<>() {};
    private static final FieldType COUNTED_WORDS = countedWords();
    private static final int DIGEST_BYTES = 16;

    private IndexedDocument() {}

    /** Without positions: nothing asks for phrases, and highlights come from the text itself. */
    private static FieldType countedWords() {
        FieldType type = new FieldType();
        type.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
        type.setTokenized(true);
        type.freeze();
        return type;
    }

    /**
     * @param stretches of the passages
     * @param read of the passages
     * @return what Lucene is to keep, in this order
     */
    static List<Document> of(Passage passage, List<Stretch> stretches, List<PassageReading.Read> read) {
        List<Document> documents = new ArrayList<>();
        boolean single = read.size() == 1;
        for (int i = 0; i < read.size() && !single; i++) {
            Document document = filtered(passage);
            document.add(new NumericDocValuesField(DISTANCE, read.size() - i));
            document.add(new StoredField(START, stretches.get(i).start()));
            document.add(new StoredField(END, stretches.get(i).end()));
            add(document, read.get(i));
            documents.add(document);
        }
        Document whole = filtered(passage);
        whole.add(new StringField(WHOLE, "1", Field.Store.NO));
        whole.add(new Field(WORDS, passage.whole(), COUNTED_WORDS));
        whole.add(new NumericDocValuesField(DISTANCE, 0));
        whole.add(new BinaryDocValuesField(DIGEST, digest(passage)));
        whole.add(new StoredField(ID, passage.id()));
        whole.add(new StoredField(TITLE, passage.title()));
        whole.add(new StoredField(TEXT, passage.text()));
        whole.add(new StoredField(FIELDS, json(passage.fields())));
        if (single) add(whole, read.get(0));
        documents.add(whole);
        return documents;
    }

    /** What was made a document of, from what Lucene stored. */
    static Passage passage(Document whole) {
        return new Passage(whole.get(ID), whole.get(TITLE), whole.get(TEXT), fields(whole.get(FIELDS)), 0);
    }

    private static void add(Document document, PassageReading.Read read) {
        document.add(new KnnFloatVectorField(VECTOR, read.vector(), VectorSimilarityFunction.DOT_PRODUCT));
        if (read.kept() != null) KeptItems.add(document, read.kept());
    }

    private static Document filtered(Passage passage) {
        Document document = new Document();
        document.add(new StringField(ID, passage.id(), Field.Store.NO));
        passage.fields().forEach((name, values) -> {
            for (String value : values) {
                if (value.length() > LONGEST_VALUE) continue;
                document.add(new StringField(EXACT + name, value, Field.Store.NO));
                Double number = number(value);
                if (number != null) document.add(new DoublePoint(NUMBER + name, number));
            }
        });
        return document;
    }

    /** A finite number in plain decimal notation, or null. */
    static Double number(String value) {
        if (!value.matches("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,3})?")) return null;
        double number = Double.parseDouble(value);
        return Double.isFinite(number) ? number : null;
    }

    /** Tells a document from others with its id: 16 bytes. */
    static BytesRef digest(Passage passage) {
        String all = json(Map.of(
                TITLE, List.of(passage.title()),
                TEXT, List.of(passage.text()),
                FIELDS, List.of(json(passage.fields()))));
        return new BytesRef(HexFormat.of().parseHex(Digest.sha256(all).substring(0, 2 * DIGEST_BYTES)));
    }

    private static String json(Map<String, List<String>> values) {
        try {
            // Sorted, so that the same document has the same digest whatever order its fields come in.
            return JSON.writeValueAsString(new TreeMap<>(values));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static Map<String, List<String>> fields(String json) {
        try {
            return JSON.readValue(json, FIELDS_TYPE);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
