package dev.polymath.bench;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What came of the requests of a load: statuses, times, and where the slowest of them waited. Thread-safe. */
final class LoadAnswers {
    /**
     * One that was answered, times in milliseconds.
     *
     * @param all from when it was due to when its answer was there
     * @param queue in the server's queue
     * @param passes in passes
     */
    private record Answered(double all, double queue, double passes) {}

    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private final List<Answered> answered = new ArrayList<>();

    /**
     * @param response null where there was none
     * @param due in nanoseconds
     */
    synchronized void add(HttpResponse<?> response, long due) {
        int status = response == null ? 0 : response.statusCode();
        statuses.merge(status, 1, Integer::sum);
        if (status != 200) return;
        double all = (System.nanoTime() - due) / 1e6;
        answered.add(new Answered(all, header(response, "x-queue-time"), header(response, "x-inference-time")));
    }

    private static double header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).map(Double::valueOf).orElse(0.0);
    }

    /** Milliseconds that a share of the answers took at most. */
    synchronized double at(double share) {
        List<Answered> sorted = sorted();
        return sorted.isEmpty() ? Double.NaN : sorted.get((int) (share * (sorted.size() - 1))).all;
    }

    synchronized int answered() {
        return answered.size();
    }

    /** Means of the slowest hundredth: in the queue, in passes, and on the way or not yet sent. */
    synchronized String slowest() {
        List<Answered> sorted = sorted();
        List<Answered> slow = sorted.subList((int) (0.99 * sorted.size()), sorted.size());
        double queue = slow.stream().mapToDouble(Answered::queue).average().orElse(Double.NaN);
        double passes = slow.stream().mapToDouble(Answered::passes).average().orElse(Double.NaN);
        double all = slow.stream().mapToDouble(Answered::all).average().orElse(Double.NaN);
        return String.format(
                Locale.ROOT,
                "%.0f ms in the queue, %.0f in passes, %.0f elsewhere",
                queue,
                passes,
                all - queue - passes);
    }

    private List<Answered> sorted() {
        return answered.stream()
                .sorted(Comparator.comparingDouble(Answered::all))
                .toList();
    }

    @Override
    public synchronized String toString() {
        return statuses.toString();
    }
}
