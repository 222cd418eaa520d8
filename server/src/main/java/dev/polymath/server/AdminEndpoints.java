package dev.polymath.server;

import dev.polymath.InputException;
import dev.polymath.run.Polymath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@code POST /v1/admin/models {"path":"..."}}: serves another model from now on. What was taken before is answered by the old
 * one. Whoever has a key may; where there are no keys, only who asks from the same machine, and no page of another site.
 */
final class AdminEndpoints {
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

    private final ModelSlot slot;
    private final Polymath.Settings settings;
    private final boolean keys;
    private final ReentrantLock loading = new ReentrantLock();

    /** @param keys whether who comes here has shown one */
    AdminEndpoints(ModelSlot slot, Polymath.Settings settings, boolean keys) {
        this.slot = slot;
        this.settings = settings;
        this.keys = keys;
    }

    List<Route> routes() {
        return List.of(new Route("POST", "/v1/admin/models", Dialect.TEI, false, this::load));
    }

    private void load(Exchange exchange) throws IOException {
        if (!keys) requireLocal(exchange);
        Fields body = exchange.body();
        body.only("path");
        Path folder = folder(body.requiredText("path"));
        if (!loading.tryLock()) throw new Fault(Fault.Kind.OVERLOADED, "another model is being loaded; try again");
        try {
            ServedModel next = open(folder);
            // Written before the switch: from then on the model may be replaced, and closed, by the next request.
            exchange.json(json -> OwnEndpoints.tasks(json, next));
            slot.replace(next);
        } finally {
            loading.unlock();
        }
    }

    private static Path folder(String path) {
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw Fault.invalid("`path` is no path: " + Fields.shortened(path));
        }
    }

    private ServedModel open(Path folder) {
        try {
            return ServedModel.open(folder, settings);
        } catch (InputException e) {
            throw Fault.invalid(e.getMessage());
        } catch (UncheckedIOException | IllegalArgumentException | IllegalStateException e) {
            throw Fault.invalid(folder + " cannot be loaded: " + e.getMessage());
        }
    }

    private static void requireLocal(Exchange exchange) {
        String from = exchange.context().req().getRemoteAddr();
        String origin = exchange.context().header("Origin");
        boolean forwarded = exchange.context().header("X-Forwarded-For") != null
                || exchange.context().header("Forwarded") != null;
        if (!isLoopback(from) || forwarded || origin != null && !isLocal(origin)) {
            throw new Fault(
                    Fault.Kind.FORBIDDEN,
                    "models are loaded from the server's own machine only; start the server with --keys to allow others");
        }
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean isLocal(String origin) {
        try {
            String host = URI.create(origin).getHost();
            return host != null && LOCAL.contains(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
