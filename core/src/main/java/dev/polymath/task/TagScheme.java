package dev.polymath.task;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the tags of neighbouring words hang together.
 *
 * <p>{@code BIO}: {@code B-X} begins a span of type X, {@code I-X} goes on with it, {@code O} is in none (E. Tjong Kim
 * Sang and J. Veenstra, Representing text chunks, EACL 1999, where it is called IOB2). {@code PLAIN}: every tag stands
 * for itself.
 */
enum TagScheme {
    BIO,
    PLAIN;

    static final String OUTSIDE = "O";

    /** BIO if the tags are {@code O}, {@code B-...} and {@code I-...}, not all {@code O}. */
    static TagScheme of(Collection<String> tags) {
        boolean spans = false;
        for (String tag : tags) {
            if (tag.equals(OUTSIDE)) continue;
            if (!begins(tag) && !continues(tag)) return PLAIN;
            spans = true;
        }
        return spans ? BIO : PLAIN;
    }

    /**
     * The tags of a sentence with every {@code I-X} that no span of type X precedes made {@code B-X}, which is how
     * conlleval reads them; so IOB1 becomes BIO. Plain tags stay as they are.
     */
    List<String> repaired(List<String> tags) {
        if (this == PLAIN) return tags;
        List<String> repaired = new ArrayList<>();
        String before = OUTSIDE;
        for (String tag : tags) {
            before = follows(before, tag) ? tag : "B-" + type(tag);
            repaired.add(before);
        }
        return repaired;
    }

    /** Whether the tag may come right after the other. */
    boolean follows(String before, String tag) {
        if (this == PLAIN || !continues(tag)) return true;
        return !before.equals(OUTSIDE) && type(before).equals(type(tag));
    }

    /** The tag of the further parts of a word that has this tag. */
    String inside(String tag) {
        return this == BIO && begins(tag) ? "I-" + type(tag) : tag;
    }

    /** All tags that a task needs which has seen these: both forms of each type, and the outside; {@code O} first. */
    List<String> closed(Set<String> seen) {
        if (this == PLAIN) return List.copyOf(new TreeSet<>(seen));
        Set<String> types = new TreeSet<>();
        for (String tag : seen) if (!tag.equals(OUTSIDE)) types.add(type(tag));
        List<String> closed = new ArrayList<>(List.of(OUTSIDE));
        for (String type : types) closed.addAll(List.of("B-" + type, "I-" + type));
        return closed;
    }

    static boolean begins(String tag) {
        return tag.startsWith("B-");
    }

    static boolean continues(String tag) {
        return tag.startsWith("I-");
    }

    /** What stands after the first hyphen. */
    static String type(String tag) {
        return tag.substring(2);
    }
}
