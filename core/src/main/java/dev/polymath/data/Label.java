package dev.polymath.data;

import java.util.List;
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
     * That two texts belong together, and what does not belong to the first: {@code embed} without scores, {@code retrieve},
     * {@code rerank}.
     *
     * @param matches all texts known to belong to the first one, its own second text among them
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
}
