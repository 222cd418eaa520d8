package dev.polymath.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.util.PairList;
import dev.polymath.InputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Turns texts into tokens as a {@code tokenizer.json} says. The file's own truncation and padding do not count: the
 * caller gives a limit, and {@link TokenBatch} pads. Any string is a text, also one with NUL or a lone surrogate (read
 * as U+FFFD). Thread-safe; holds native memory until closed.
 */
public final class Tokenizer implements AutoCloseable {
    /** A token rarely covers more characters on average; where it does, a longer piece of the text is read. */
    private static final int CHARACTERS_A_TOKEN = 16;
    /** Tokens at the end of a piece that may differ from those in the whole text. */
    private static final int MARGIN = 16;

    static {
        // By default the library reports its use to its makers and, on a machine with CUDA, downloads another build.
        for (Map.Entry<String, String> setting :
                Map.of("OPT_OUT_TRACKING", "true", "RUST_FLAVOR", "cpu").entrySet()) {
            if (System.getProperty(setting.getKey()) == null) {
                System.setProperty(setting.getKey(), setting.getValue());
            }
        }
    }

    private final HuggingFaceTokenizer library;
    private final TokenizerSettings settings;

    /**
     * @param file the bytes of a {@code tokenizer.json}
     * @throws InputException if they are not a tokenizer's
     */
    public Tokenizer(byte[] file) {
        this.settings = TokenizerSettings.of(file);
        try {
            this.library = HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(file), Map.of("truncation", "false", "padding", "false"));
        } catch (IOException | RuntimeException e) {
            throw new InputException("tokenizer.json cannot be read: " + e.getMessage(), e);
        }
    }

    /** The id that fills up short rows. */
    public int padId() {
        return settings.padId();
    }

    /**
     * A text, or a pair, as tokens. Where they are too many, tokens are cut from the end of the longer text until both
     * are equally long, then from both by turns ({@code longest_first}, to the same token as Hugging Face's tokenizers
     * since 0.23).
     *
     * @param text2 the second text, or null
     * @param maxTokens the most tokens to give, special tokens included
     * @throws IllegalArgumentException if not even the special tokens fit
     */
    public Encoding encode(String text, String text2, int maxTokens) {
        String first = wellFormed(text);
        String second = text2 == null ? null : wellFormed(text2);
        for (long limit = firstLimit(maxTokens); ; limit *= 4) {
            String a = piece(first, limit);
            String b = second == null ? null : piece(second, limit);
            Raw raw = new Raw(a, b, b == null ? library.encode(a, true, false) : library.encode(a, b, true, false));
            if (raw.covers(first, second, maxTokens)) return raw.encoding(first, second, maxTokens);
        }
    }

    /** {@link #encode} for each text of a batch, on all cores. */
    public List<Encoding> encodeAll(List<String> texts, int maxTokens) {
        List<String> whole = texts.stream().map(Tokenizer::wellFormed).toList();
        long limit = firstLimit(maxTokens);
        List<String> pieces = whole.stream().map(text -> piece(text, limit)).toList();
        var raws = library.batchEncode(pieces, true, false);
        List<Encoding> encodings = new ArrayList<>();
        for (int i = 0; i < raws.length; i++) {
            encodings.add(checked(new Raw(pieces.get(i), null, raws[i]), whole.get(i), null, maxTokens));
        }
        return encodings;
    }

    /** {@link #encode} for each pair of a batch, on all cores; both lists are of the same length. */
    public List<Encoding> encodeAll(List<String> texts, List<String> texts2, int maxTokens) {
        List<String> firsts = texts.stream().map(Tokenizer::wellFormed).toList();
        List<String> seconds = texts2.stream().map(Tokenizer::wellFormed).toList();
        long limit = firstLimit(maxTokens);
        PairList<String, String> pieces = new PairList<>(
                firsts.stream().map(text -> piece(text, limit)).toList(),
                seconds.stream().map(text -> piece(text, limit)).toList());
        var raws = library.batchEncode(pieces, true, false);
        List<Encoding> encodings = new ArrayList<>();
        for (int i = 0; i < raws.length; i++) {
            Raw raw = new Raw(pieces.keyAt(i), pieces.valueAt(i), raws[i]);
            encodings.add(checked(raw, firsts.get(i), seconds.get(i), maxTokens));
        }
        return encodings;
    }

    /**
     * The text of token ids, pieces of words joined.
     *
     * @param ids of this tokenizer; others give nothing
     * @param skipSpecial whether special tokens are left out
     */
    public String decode(int[] ids, boolean skipSpecial) {
        return library.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecial);
    }

    @Override
    public void close() {
        library.close();
    }

    private Encoding checked(Raw raw, String first, String second, int maxTokens) {
        return raw.covers(first, second, maxTokens)
                ? raw.encoding(first, second, maxTokens)
                : encode(first, second, maxTokens);
    }

    private static long firstLimit(int maxTokens) {
        return (long) CHARACTERS_A_TOKEN * Math.max(maxTokens, MARGIN);
    }

    /**
     * The text up to the first space between words after {@code limit} characters, where that cannot change the tokens
     * before: 100,000 characters of which 512 tokens are wanted take the time of 8,000.
     */
    private String piece(String text, long limit) {
        if (!settings.local() || text.length() <= limit) return text;
        for (int i = (int) limit; i < text.length(); i++) {
            if (text.charAt(i) != ' ') continue;
            char before = text.charAt(i - 1);
            if (!Character.isWhitespace(before) && !Character.isSpaceChar(before)) return text.substring(0, i);
        }
        return text;
    }

    /** The text with U+FFFD for each lone surrogate: of the same length, and writable as UTF-8. */
    private static String wellFormed(String text) {
        StringBuilder repaired = null;
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isSurrogate(text.charAt(i))) continue;
            if (Character.charCount(text.codePointAt(i)) == 2) {
                i++;
                continue;
            }
            if (repaired == null) repaired = new StringBuilder(text);
            repaired.setCharAt(i, '\ufffd');
        }
        return repaired == null ? text : repaired.toString();
    }

    /** What the library gave for a piece of a text, or for pieces of two. */
    private record Raw(String first, String second, ai.djl.huggingface.tokenizers.Encoding encoding) {
        /** Whether the pieces are the whole texts, or the tokens that are wanted all lie well inside them. */
        boolean covers(String wholeFirst, String wholeSecond, int maxTokens) {
            return (first.length() == wholeFirst.length() || tokens(0) >= maxTokens + MARGIN)
                    && (second == null || second.length() == wholeSecond.length() || tokens(1) >= maxTokens + MARGIN);
        }

        Encoding encoding(String wholeFirst, String wholeSecond, int maxTokens) {
            int total = encoding.getIds().length;
            int special = total - tokens(0) - tokens(1);
            int[] room = room(seen(0, maxTokens), seen(1, maxTokens), maxTokens - special);
            int kept = special + room[0] + room[1];
            int[] ids = new int[kept];
            int[] types = new int[kept];
            int[] starts = new int[kept];
            int[] ends = new int[kept];
            int[][] units = {units(first), second == null ? null : units(second)};
            CharSpan[] spans = encoding.getCharTokenSpans();
            for (int from = 0, to = 0; from < total; from++) {
                int side = side(from);
                if (side >= 0 && --room[side] < 0) continue;
                ids[to] = (int) encoding.getIds()[from];
                types[to] = (int) encoding.getTypeIds()[from];
                starts[to] = side < 0 ? -1 : unit(units[side], spans[from].getStart());
                ends[to++] = side < 0 ? -1 : unit(units[side], spans[from].getEnd());
            }
            boolean cut = kept < total || first.length() < wholeFirst.length();
            return new Encoding(
                    ids, types, starts, ends, cut || second != null && second.length() < wholeSecond.length());
        }

        private int tokens(int wanted) {
            return (int) Arrays.stream(encoding.getSequenceIds())
                    .filter(side -> side == wanted)
                    .count();
        }

        /**
         * Tokens up to the end of the word with which they reach the limit. The reference reads no further, so that two
         * texts may count as equally long that are not: it decides which of them keeps an odd token.
         */
        private int seen(int wanted, int maxTokens) {
            int seen = 0;
            long word = -1;
            for (int token = 0; token < encoding.getIds().length; token++) {
                if (side(token) != wanted) continue;
                if (seen >= maxTokens && encoding.getWordIds()[token] != word) break;
                word = encoding.getWordIds()[token];
                seen++;
            }
            return seen;
        }

        /** The text that a token stands in, 0 or 1; -1 for a special token. */
        private int side(int token) {
            return (int) encoding.getSequenceIds()[token];
        }

        /** How many of two texts' tokens stay. */
        private static int[] room(int first, int second, int most) {
            if (most < 0) throw new IllegalArgumentException("there is no room for the special tokens");
            if (first + second <= most) return new int[] {first, second};
            int shorter = Math.min(first, second);
            // The shorter text stays whole where it takes no more than half; an odd token goes to the longer one.
            int less = shorter <= most / 2 ? shorter : most / 2;
            return first > second ? new int[] {most - less, less} : new int[] {less, most - less};
        }

        /** Where each code point starts, in UTF-16 units; null where every code point is one unit. */
        private static int[] units(String text) {
            int points = text.codePointCount(0, text.length());
            if (points == text.length()) return null;
            int[] units = new int[points + 1];
            for (int point = 0; point < points; point++) {
                units[point + 1] = units[point] + Character.charCount(text.codePointAt(units[point]));
            }
            return units;
        }

        private static int unit(int[] units, int point) {
            return units == null ? point : units[point];
        }
    }
}
