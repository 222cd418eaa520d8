package dev.polymath.task;

import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.text.Encoding;
import java.util.ArrayList;
import java.util.List;

/**
 * The words of a row that get a tag: the tokens of a CoNLL sentence, or else the words of the text.
 *
 * @param starts first UTF-16 unit of each
 * @param ends one past the last UTF-16 unit of each
 */
record TagWords(int[] starts, int[] ends) {
    /** The tokens that the example gives, or else the words of its text. */
    static TagWords of(Example example) {
        if (example.label() instanceof Label.Tags given) return new TagWords(given.starts(), given.ends());
        return in(example.text(), 0, example.text().length());
    }

    /** The words of a stretch of a text. */
    static TagWords in(String text, int from, int to) {
        List<int[]> words = new ArrayList<>();
        for (int i = from; i < to; ) {
            int end = i + 1;
            if (Character.isLetterOrDigit(text.charAt(i))) {
                while (end < to && Character.isLetterOrDigit(text.charAt(end))) end++;
            }
            if (!Character.isWhitespace(text.charAt(i))) words.add(new int[] {i, end});
            i = end;
        }
        return new TagWords(
                words.stream().mapToInt(word -> word[0]).toArray(),
                words.stream().mapToInt(word -> word[1]).toArray());
    }

    int count() {
        return starts.length;
    }

    /** The place of each word's first piece in the encoding, or -1 where it has none (it was cut off). */
    int[] firstPieces(Encoding encoding) {
        int[] first = new int[starts.length];
        for (int word = 0; word < first.length; word++) {
            first[word] = -1;
            for (int piece = 0; piece < encoding.length() && first[word] < 0; piece++) {
                boolean inside = encoding.starts()[piece] >= 0
                        && encoding.types()[piece] == 0
                        && encoding.starts()[piece] < ends[word]
                        && encoding.ends()[piece] > starts[word];
                if (inside) first[word] = piece;
            }
        }
        return first;
    }
}
