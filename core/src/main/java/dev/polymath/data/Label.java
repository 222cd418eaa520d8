package dev.polymath.data;

import java.util.List;

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
}
