package dev.polymath.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Ctrl-C, or a polite kill, as a question that long work asks: once true, the work has {@value #GRACE_SECONDS} seconds
 * to save what it has before the process ends.
 */
final class Interruption implements BooleanSupplier, AutoCloseable {
    private static final int GRACE_SECONDS = 60;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupted, "interruption");
    private volatile boolean asked;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public boolean getAsBoolean() {
        return asked;
    }

    @Override
    public void close() {
        done.countDown();
        if (!asked) Runtime.getRuntime().removeShutdownHook(hook);
    }

    private void interrupted() {
        asked = true;
        try {
            done.await(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
