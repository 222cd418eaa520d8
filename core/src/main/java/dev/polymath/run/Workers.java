package dev.polymath.run;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Does the parts of a call side by side: by the caller, and by threads that help whoever calls. A caller never waits for a
 * helper that is busy elsewhere.
 */
final class Workers implements AutoCloseable {
    private static final int IDLE_SECONDS = 30;

    private final int count;
    private final ExecutorService helpers;

    /** @param count parts of a call that are done at the same time, 1 or more */
    Workers(int count) {
        this.count = count;
        this.helpers = count == 1 ? null : pool(count - 1);
    }

    private static ExecutorService pool(int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "polymath batches");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** How many parts are done at the same time. */
    int count() {
        return count;
    }

    /**
     * Does all parts, and comes back when they are done. If one fails, those that have not begun are left, and what it threw is
     * thrown.
     *
     * @param what called from several threads at the same time
     */
    <T> void each(List<T> parts, Consumer<T> what) {
        if (count == 1 || parts.size() < 2) {
            parts.forEach(what);
            return;
        }
        Call<T> call = new Call<>(parts, what);
        for (int i = 1; i < Math.min(count, parts.size()); i++) helpers.execute(call::help);
        call.work();
        call.finish();
    }

    @Override
    public void close() {
        if (helpers != null) helpers.shutdown();
    }

    /** The parts of a call, and who is at work on them. */
    private static final class Call<T> {
        private final List<T> parts;
        private final Consumer<T> what;
        private final AtomicInteger next = new AtomicInteger();
        private int helping;
        private boolean over;
        private Throwable failure;

        Call(List<T> parts, Consumer<T> what) {
            this.parts = parts;
            this.what = what;
        }

        void help() {
            synchronized (this) {
                if (over) return;
                helping++;
            }
            work();
            synchronized (this) {
                helping--;
                notifyAll();
            }
        }

        void work() {
            try {
                for (int at = next.getAndIncrement(); at < parts.size(); at = next.getAndIncrement()) {
                    what.accept(parts.get(at));
                }
            } catch (RuntimeException | Error e) {
                next.set(parts.size());
                synchronized (this) {
                    if (failure == null) failure = e;
                }
            }
        }

        /** Waits for those who have begun; who has not is not needed any more. */
        synchronized void finish() {
            over = true;
            boolean interrupted = false;
            while (helping > 0) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    // What helpers still write is the caller's, who must not go on before.
                    interrupted = true;
                }
            }
            if (interrupted) Thread.currentThread().interrupt();
            if (failure instanceof Error error) throw error;
            if (failure != null) throw (RuntimeException) failure;
        }
    }
}
