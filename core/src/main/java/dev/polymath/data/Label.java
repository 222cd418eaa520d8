package dev.polymath.data;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a task's row says the answer is. */
public sealed interface Label {
    /** One label by name: {@code classify}, {@code ordinal}. */
    record Name(String name) implements Label {}

    /** Any number of labels: {@code multilabel}. */
    record Names(List<String> names) implements Label {
        public Names {
            names = List.copyOf(names);
        }
    }

    /** A number: {@code regress}. */
    record Number(double value) implements Label {}

    /**
     * A tag a token: {@code tag}. Token {@code i} spans {@code [starts[i], ends[i])} of the row's text, in UTF-16 units.
     */
    record Tags(List<String> tags, int[] starts, int[] ends) implements Label {
        public Tags {
            tags = List.copyOf(tags);
        }
    }
    /**
     * Whether a passage of a collection answers any query: {@code quality}.
     *
     * @param times how many passages of the collection the row stands for, itself among them
     */
    record Answering(boolean answers, double times) implements Label {}

    /**
     * That two texts belong together, and what does not belong to the first: {@code embed} without scores.
     *
     * @param matches all texts known to belong to the first one, its own second text among them; in an order that does not
     *     change from run to run
     * @param wrong texts that do not belong to the first one, though they may look so
     * @param scores a teacher's for the second text and then for each wrong one; empty for none
     */
    record Match(Set<String> matches, List<String> wrong, List<Double> scores) implements Label {
        public Match {
            wrong = List.copyOf(wrong);
            scores = List.copyOf(scores);
            if (!scores.isEmpty() && scores.size() != wrong.size() + 1) {
                throw new IllegalArgumentException(scores.size() + " scores for " + (wrong.size() + 1) + " texts");
            }
        }
    }

    /**
     * What of a collection answers a query: {@code retrieve}, {@code rerank}.
     *
     * @param query its id
     * @param grades of the passages judged for it, by id
     * @param corpus what is searched
     * @param candidates ids of those that are to be put in order; empty where all are
     * @param match of a row to learn from: its second text is a passage that answers; null for a row to measure by
     */
    record Judged(String query, Map<String, Integer> grades, Corpus corpus, List<String> candidates, Match match)
            implements Label {
        public Judged {
            candidates = List.copyOf(candidates);
        }
    }
}
