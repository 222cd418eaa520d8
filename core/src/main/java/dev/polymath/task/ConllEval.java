package dev.polymath.task;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Counts of spans in tagged sentences, as the script {@code conlleval} of the CoNLL-2000 shared task counts them: a
 * predicted span is right if a gold span has the same words and the same type. IOB1 and IOB2 (BIO) are both read.
 *
 * @param correct spans that are in both
 * @param predicted spans predicted
 * @param gold spans there are
 */
public record ConllEval(long correct, long predicted, long gold) {

    /** A span of words {@code from} (included) to {@code to} (excluded). */
    private record Chunk(int from, int to, String type) {}

    /** The counts over all types; sentence {@code i} of both lists has equally many tags. */
    public static ConllEval of(List<List<String>> gold, List<List<String>> predicted) {
        ConllEval all = new ConllEval(0, 0, 0);
        for (ConllEval type : byType(gold, predicted).values()) all = all.plus(type);
        return all;
    }

    /** The counts of each type, in the order of their names. */
    public static Map<String, ConllEval> byType(List<List<String>> gold, List<List<String>> predicted) {
        Agreement.checkSizes(gold, predicted);
        Map<String, ConllEval> counts = new TreeMap<>();
        for (int i = 0; i < gold.size(); i++) {
            Agreement.checkSizes(gold.get(i), predicted.get(i));
            Set<Chunk> golds = new HashSet<>(chunks(gold.get(i)));
            for (Chunk chunk : golds) counts.merge(chunk.type, new ConllEval(0, 0, 1), ConllEval::plus);
            for (Chunk chunk : chunks(predicted.get(i))) {
                ConllEval one = new ConllEval(golds.contains(chunk) ? 1 : 0, 1, 0);
                counts.merge(chunk.type, one, ConllEval::plus);
            }
        }
        return counts;
    }

    public double precision() {
        return predicted == 0 ? 0 : (double) correct / predicted;
    }

    public double recall() {
        return gold == 0 ? 0 : (double) correct / gold;
    }

    public double f1() {
        return F1.of(correct, predicted, gold);
    }

    private ConllEval plus(ConllEval other) {
        return new ConllEval(correct + other.correct, predicted + other.predicted, gold + other.gold);
    }

    private static List<Chunk> chunks(List<String> tags) {
        List<Chunk> chunks = new ArrayList<>();
        int from = -1;
        String type = null;
        for (int i = 0; i <= tags.size(); i++) {
            String tag = i < tags.size() ? tags.get(i) : TagScheme.OUTSIDE;
            String here = type(tag);
            if (type != null && (!type.equals(here) || TagScheme.begins(tag))) {
                chunks.add(new Chunk(from, i, type));
                type = null;
            }
            if (here != null && type == null) {
                from = i;
                type = here;
            }
        }
        return chunks;
    }

    /** The type after the tag's first hyphen, empty if it has none; null if the tag is outside of spans. */
    private static String type(String tag) {
        if (tag.equals(TagScheme.OUTSIDE)) return null;
        int hyphen = tag.indexOf('-');
        return hyphen < 0 ? "" : tag.substring(hyphen + 1);
    }
}
