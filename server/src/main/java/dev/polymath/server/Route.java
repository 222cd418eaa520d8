package dev.polymath.server;

import java.util.function.BiFunction;

/**
 * A path, and what answers there.
 *
 * @param method {@code GET} or {@code POST}
 * @param dialect how its faults are written
 * @param open whether it answers without a key
 * @param endpoint what answers
 */
record Route(String method, String path, Dialect dialect, boolean open, Endpoint endpoint) {
    /** Answers a request, now or later. */
    @FunctionalInterface
    interface Endpoint {
        void answer(Exchange exchange) throws Exception;
    }

    /** What a request's body asks of a model. */
    @FunctionalInterface
    interface Planning extends BiFunction<Fields, ServedModel, Plan> {}

    /** A path that reads a JSON object and has a model answer. */
    static Route asking(String path, Dialect dialect, Planning planning) {
        return new Route("POST", path, dialect, false, exchange -> exchange.answer(planning));
    }

    static Route get(String path, boolean open, Endpoint endpoint) {
        return new Route("GET", path, Dialect.TEI, open, endpoint);
    }
}
