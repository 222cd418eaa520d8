package dev.polymath.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What the machine itself takes: a thread that asks to be woken after a millisecond, again and again, and notes how much later
 * it was. A thread of a server waits as long for a core.
 */
final class Stalls implements AutoCloseable {
    private static final long MILLISECOND = 1_000_000;

    private final List<Double> late = Collections.synchronizedList(new ArrayList<>());
    private final Thread thread = new Thread(this::run, "stalls");
    private volatile boolean over;

    private Stalls() {}

    /** Begins to note. */
    static Stalls begin() {
        Stalls stalls = new Stalls();
        stalls.thread.setDaemon(true);
        stalls.thread.start();
        return stalls;
    }

    private void run() {
        while (!over) {
            long asked = System.nanoTime();
            LockSupport.parkNanos(MILLISECOND);
            late.add((System.nanoTime() - asked - MILLISECOND) / 1e6);
        }
    }

    /** Milliseconds by which a share of all wakings was less late. */
    double at(double share) {
        List<Double> sorted = new ArrayList<>(late);
        Collections.sort(sorted);
        return sorted.isEmpty() ? Double.NaN : sorted.get((int) (share * (sorted.size() - 1)));
    }

    @Override
    public void close() {
        over = true;
    }
}
