package dev.polymath.task;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The likeliest sequence of tags among those that a scheme allows, the words' tags being independent otherwise (A.
 * Viterbi, 1967). Immutable.
 */
final class Viterbi {
    /** For each tag, the tags that it may follow; null if it may follow any, and stand first. */
    private final int[][] before;

    Viterbi(TagScheme scheme, List<String> tags) {
        before = new int[tags.size()][];
        for (int tag = 0; tag < before.length; tag++) {
            String name = tags.get(tag);
            if (scheme.follows(TagScheme.OUTSIDE, name)) continue;
            before[tag] = IntStream.range(0, tags.size())
                    .filter(other -> scheme.follows(tags.get(other), name))
                    .toArray();
        }
    }

    /**
     * The best sequence.
     *
     * @param scores log-probabilities {@code [words][tags]}
     * @return a tag for each word
     */
    int[] best(double[][] scores) {
        int words = scores.length;
        if (words == 0) return new int[0];
        int[][] from = new int[words][before.length];
        double[] sums = new double[before.length];
        for (int word = 0; word < words; word++) {
            int best = Probability.argmax(sums);
            double[] next = new double[sums.length];
            for (int tag = 0; tag < next.length; tag++) {
                from[word][tag] = before[tag] == null ? best : likeliest(before[tag], sums);
                boolean forbidden = word == 0 && before[tag] != null;
                next[tag] = forbidden ? Double.NEGATIVE_INFINITY : sums[from[word][tag]] + scores[word][tag];
            }
            sums = next;
        }
        int[] tags = new int[words];
        tags[words - 1] = Probability.argmax(sums);
        for (int word = words - 1; word > 0; word--) tags[word - 1] = from[word][tags[word]];
        return tags;
    }

    private static int likeliest(int[] tags, double[] sums) {
        int best = tags[0];
        for (int tag : tags) if (sums[tag] > sums[best]) best = tag;
        return best;
    }
}
