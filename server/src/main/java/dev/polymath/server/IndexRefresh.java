package dev.polymath.server;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Shows every {@value #SECONDS} s what a writer has committed to the served index since. */
final class IndexRefresh implements AutoCloseable {
    private static final int SECONDS = 2;

    private final ModelSlot slot;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "index-refresh");
        thread.setDaemon(true);
        return thread;
    });

    IndexRefresh(ModelSlot slot) {
        this.slot = slot;
        clock.scheduleWithFixedDelay(this::refresh, SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    private void refresh() {
        ServedModel model;
        try {
            model = slot.acquire();
        } catch (Fault e) {
            // There is none yet, or none any more.
            return;
        }
        try {
            if (model.index() != null) model.index().refresh();
        } finally {
            model.release();
        }
    }

    @Override
    public void close() {
        clock.shutdown();
    }
}
