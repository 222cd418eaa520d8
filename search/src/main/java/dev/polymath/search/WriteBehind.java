package dev.polymath.search;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Writes one batch while its owner embeds the next: graphs of vectors are built by one thread, which would leave the other cores
 * without work. At most one batch is under way, and batches are written in their order. For one owner's thread.
 */
final class WriteBehind implements AutoCloseable {
    /** Writes a batch. */
    interface Batch {
        void write() throws IOException;
    }

    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread writer = new Thread(task, "polymath index writer");
        writer.setDaemon(true);
        return writer;
    });

    private Future<Void> last = CompletableFuture.completedFuture(null);

    /** Begins to write a batch, once the one before is written; throws what went wrong with that one, and then writes nothing. */
    void write(Batch batch) throws IOException {
        settle();
        Callable<Void> task = () -> {
            batch.write();
            return null;
        };
        last = thread.submit(task);
    }

    /** Comes back when all is written; throws what went wrong, once. */
    void settle() throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    last.get();
                    return;
                } catch (InterruptedException e) {
                    // What is half written would be committed by whoever goes on.
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            last = CompletableFuture.completedFuture(null);
            if (e.getCause() instanceof IOException wrong) throw wrong;
            if (e.getCause() instanceof Error wrong) throw wrong;
            throw (RuntimeException) e.getCause();
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /** Comes back when nothing writes any more, whatever came of it. */
    @Override
    public void close() throws IOException {
        thread.shutdown();
        settle();
    }
}
