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
 * {@code POST /v1/admin/models {"path":"...","index":"..."}}: serves another model from now on, and another index if one is
 * named; else the index stays, and a model that it is not of is refused. What was taken before is answered by the old model, from
 * the old index. Whoever has a key may; where there are no keys, only who asks from the same machine, and no page of another site.
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
        body.only("path", "index");
        Path folder = folder("path", body.requiredText("path"));
        Path named = body.has("index") ? folder("index", body.text("index")) : null;
        if (!loading.tryLock()) throw new Fault(Fault.Kind.OVERLOADED, "another model is being loaded; try again");
        try {
            ServedModel next = open(folder, named, exchange.model().index());
            // Written before the switch: from then on the model may be replaced, and closed, by the next request.
            exchange.json(json -> OwnEndpoints.tasks(json, next));
            slot.replace(next);
        } finally {
            loading.unlock();
        }
    }

    private static Path folder(String field, String path) {
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw Fault.invalid("`" + field + "` is no path: " + Fields.shortened(path));
        }
    }

    private ServedModel open(Path folder, Path named, ServedIndex present) {
        boolean stays = named == null && present != null;
        try {
            return ServedModel.open(folder, stays ? present.folder() : named, settings);
        } catch (ServedIndex.Misfit e) {
            throw Fault.invalid(e.getMessage() + (stays ? "; or name another with `index`" : ""));
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
