package dev.polymath.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** The requests of the last {@value #SECONDS} seconds. Thread-safe. */
final class RecentLoad {
    private static final int SECONDS = 10;
    /** Requests that are kept at most: of a load above 10,000 a second only the latest count. */
    private static final int MOST = 100_000;

    /**
     * What they amount to.
     *
     * @param p50 the median time to an answer, in milliseconds; 0 where there was none
     */
    record Summary(double requestsPerSecond, double textsPerSecond, double p50, double p99) {}

    private record Request(long ended, long nanos, int texts) {}

    private final Deque<Request> requests = new ArrayDeque<>();

    synchronized void add(long nanos, int texts) {
        long now = System.nanoTime();
        forget(now);
        if (requests.size() == MOST) requests.removeFirst();
        requests.addLast(new Request(now, nanos, texts));
    }

    synchronized Summary summary() {
        forget(System.nanoTime());
        long[] nanos = requests.stream().mapToLong(Request::nanos).sorted().toArray();
        double texts = requests.stream().mapToInt(Request::texts).sum();
        return new Summary(
                (double) nanos.length / SECONDS, texts / SECONDS, quantile(nanos, 0.5), quantile(nanos, 0.99));
    }

    private void forget(long now) {
        long first = now - TimeUnit.SECONDS.toNanos(SECONDS);
        while (!requests.isEmpty() && requests.getFirst().ended < first) requests.removeFirst();
    }

    /** The least value that so large a share of all is not above, in milliseconds. */
    private static double quantile(long[] sorted, double share) {
        if (sorted.length == 0) return 0;
        int at = (int) Math.ceil(share * sorted.length) - 1;
        return Math.round(sorted[Math.max(at, 0)] / 1e4) / 100.0;
    }
}
