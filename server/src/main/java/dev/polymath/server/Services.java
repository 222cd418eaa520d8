package dev.polymath.server;

import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/**
 * What requests are answered with.
 *
 * @param slot the model
 * @param batcher computes
 * @param threads write answers
 * @param settings what was asked of the server
 * @param failures takes faults of the server's own, with the request's id
 */
record Services(
        ModelSlot slot,
        Batcher batcher,
        Executor threads,
        ServerSettings settings,
        BiConsumer<String, Throwable> failures) {}
