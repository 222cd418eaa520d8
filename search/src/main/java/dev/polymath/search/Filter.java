package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/** What a document's field must be for it to be found. A field with several values need have one that fits. */
public sealed interface Filter {
    /** The field's name. */
    String field();

    /**
     * A field that is exactly this text. Values of more than 1,024 UTF-16 units are not filtered by.
     *
     * @param field its name
     * @param value upper and lower case differ
     */
    record Is(String field, String value) implements Filter {
        public Is {
            Objects.requireNonNull(field, "field");
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * A field that is a number in a range, both ends included; infinite where there is no end.
     *
     * @param field its name
     */
    record Between(String field, double least, double most) implements Filter {
        public Between {
            Objects.requireNonNull(field, "field");
            if (!(least <= most)) throw new InputException("no number lies between " + least + " and " + most);
        }
    }

    /**
     * As the command line has it: {@code shop=Leeds}, or {@code price=10..20}, {@code price=10..}, {@code price=..20} for
     * numbers.
     *
     * @throws InputException if it has no {@code =}, or no field before it
     */
    static Filter of(String text) {
        int at = text.indexOf('=');
        if (at < 1)
            throw new InputException("the filter '" + text + "' is not of the form field=value or field=10..20");
        String field = text.substring(0, at);
        String value = text.substring(at + 1);
        Matcher range = Pattern.compile("(.*?)\\.\\.(.*)").matcher(value);
        if (range.matches() && !value.equals("..")) {
            Double least = end(range.group(1), Double.NEGATIVE_INFINITY);
            Double most = end(range.group(2), Double.POSITIVE_INFINITY);
            if (least != null && most != null) return new Between(field, least, most);
        }
        return new Is(field, value);
    }

    private static Double end(String text, double open) {
        return text.isEmpty() ? Double.valueOf(open) : IndexedDocument.number(text);
    }

    /** @throws InputException if no document has the field, or a number in it where that is asked for */
    default Query query(IndexReader reader) {
        String name = this instanceof Is ? IndexedDocument.EXACT : IndexedDocument.NUMBER;
        TreeSet<String> known = new TreeSet<>();
        for (FieldInfo info : FieldInfos.getMergedFieldInfos(reader)) {
            if (info.name.startsWith(name)) known.add(info.name.substring(name.length()));
        }
        if (!known.contains(field())) {
            throw new InputException("no document has " + (this instanceof Is ? "a field '" : "numbers in a field '")
                    + field() + "'" + Choices.instead(field(), known));
        }
        if (this instanceof Between between) {
            return DoublePoint.newRangeQuery(name + field(), between.least(), between.most());
        }
        return new TermQuery(new Term(name + field(), ((Is) this).value()));
    }
}
