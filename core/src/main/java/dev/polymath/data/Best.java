package dev.polymath.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps the best of many scored passages. */
final class Best {
    private final int top;
    private final PriorityQueue<Scored> worstFirst = new PriorityQueue<>(Scored.BEST_FIRST.reversed());

    /** @param top how many are kept, at least 1 */
    Best(int top) {
        if (top < 1) throw new IllegalArgumentException("the " + top + " best passages");
        this.top = top;
    }

    void offer(String id, double score) {
        if (worstFirst.size() == top && score < worstFirst.peek().score()) return;
        worstFirst.add(new Scored(id, score));
        if (worstFirst.size() > top) worstFirst.remove();
    }

    /** {@link Scored#BEST_FIRST}. */
    List<Scored> sorted() {
        List<Scored> found = new ArrayList<>(worstFirst);
        found.sort(Scored.BEST_FIRST);
        return Collections.unmodifiableList(found);
    }
}
