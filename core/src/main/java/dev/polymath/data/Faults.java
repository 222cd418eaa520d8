package dev.polymath.data;

import dev.polymath.InputException;
import java.util.ArrayList;
import java.util.List;

/** What is wrong in a file that is read whole: gathered, at most 20, and thrown as one message of as many lines. */
final class Faults {
    private static final int SHOWN = 20;

    private final List<String> messages = new ArrayList<>();
    private long more;

    void add(InputException fault) {
        if (messages.size() < SHOWN) messages.add(fault.getMessage());
        else more++;
    }

    /** Whether a further one would only be counted. */
    boolean isFull() {
        return messages.size() == SHOWN;
    }

    /** @throws InputException if there are any */
    void throwAny() {
        if (messages.isEmpty()) return;
        if (more > 0) messages.add("and " + more + " more");
        throw new InputException(String.join("\n", messages));
    }
}
