package dev.polymath.search;

import dev.polymath.data.Passage;
import dev.polymath.text.Encoding;
import dev.polymath.text.Tokenizer;
import dev.polymath.text.Windows;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a long document into passages that overlap by a quarter, each of which is read with the document's title before it: by
 * itself a passage often does not say what it is about.
 *
 * <p>Source: K. Wang, N. Reimers and I. Gurevych, DAPR: A Benchmark on Document-Aware Passage Retrieval, 2023,
 * arXiv:2305.13915 (titles before passages; words are looked up in whole documents).
 */
final class PassageSplitter {
    /** No tokenizer gives more tokens for a UTF-16 unit: one a byte of UTF-8. */
    private static final int TOKENS_A_UNIT = 3;
    /** A title that is longer counts as one of this part of a passage. */
    private static final int TITLE_SHARE = 4;
    /** Tokens by which passages are shorter than they may be, for words that are cut are taken in whole. */
    private static final int MARGIN = 4;

    private static final int LONGEST_WORD = 40;

    private final Tokenizer tokenizer;
    private final int passageTokens;

    /** @param passageTokens the most tokens of a passage with its title, special ones included */
    PassageSplitter(Tokenizer tokenizer, int passageTokens) {
        this.tokenizer = tokenizer;
        this.passageTokens = passageTokens;
    }

    /** The passages of a document's text, from left to right; the whole text where that is short enough. */
    List<Stretch> split(Passage document) {
        String text = document.text();
        List<Stretch> whole = List.of(new Stretch(0, text.length()));
        String all = document.whole();
        if ((long) TOKENS_A_UNIT * all.length() < passageTokens || text.isBlank()) return whole;
        if (tokenizer.encode(all, null, Integer.MAX_VALUE).length() <= passageTokens) return whole;
        int room = passageTokens - MARGIN - Math.min(ownTokens(document.title()), passageTokens / TITLE_SHARE);
        Windows windows = Windows.of(tokenizer.encode(text, null, Integer.MAX_VALUE), room);
        if (windows.parts().size() == 1) return whole;
        List<Stretch> stretches = new ArrayList<>();
        for (int i = 0; i < windows.parts().size(); i++) {
            Encoding part = windows.parts().get(i);
            int start = i == 0 ? 0 : wordStart(text, part.starts()[windows.lead()]);
            boolean last = i == windows.parts().size() - 1;
            int end = last ? text.length() : wordEnd(text, part.ends()[part.length() - 1 - windows.trail()]);
            stretches.add(new Stretch(start, end));
        }
        return stretches;
    }

    /** What a model reads of a passage: the title, as far as it has its place, and the passage's own text. */
    String read(Passage document, Stretch stretch, boolean only) {
        if (only) return document.whole();
        String title = cut(document.title());
        String text = stretch.of(document.text());
        return title.isBlank() ? text : title + " " + text;
    }

    private int ownTokens(String text) {
        if (text.isBlank()) return 0;
        int tokens = 0;
        for (int start : tokenizer.encode(text, null, passageTokens).starts()) if (start >= 0) tokens++;
        return tokens;
    }

    private String cut(String title) {
        int most = passageTokens / TITLE_SHARE;
        if ((long) TOKENS_A_UNIT * title.length() < most || ownTokens(title) <= most) return title;
        Encoding encoding = tokenizer.encode(title, null, passageTokens);
        int own = 0;
        for (int token = 0; token < encoding.length(); token++) {
            if (encoding.starts()[token] >= 0 && ++own == most) return title.substring(0, encoding.ends()[token]);
        }
        return title;
    }

    private static int wordStart(String text, int at) {
        int start = at;
        while (start > 0 && at - start < LONGEST_WORD && inWord(text, start)) start--;
        return inWord(text, start) ? at : start;
    }

    private static int wordEnd(String text, int at) {
        int end = at;
        while (end < text.length() && end - at < LONGEST_WORD && inWord(text, end)) end++;
        return inWord(text, end) ? at : end;
    }

    /** Whether a word goes on from before a place to behind it. */
    private static boolean inWord(String text, int at) {
        return at > 0
                && at < text.length()
                && Character.isLetterOrDigit(text.charAt(at - 1))
                && Character.isLetterOrDigit(text.charAt(at));
    }
}
