package dev.polymath.server;

import dev.polymath.InputException;
import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;

/**
 * A model over HTTP: Polymath's own endpoints, and those that clients of text-embeddings-inference and of OpenAI's
 * embeddings ask.
 *
 * <pre>{@code
 * try (PolymathServer server = PolymathServer.start(Path.of("model"), ServerSettings.DEFAULT)) {
 *     System.out.println(server.address());
 *     ...
 * }
 * }</pre>
 *
 * <p>Closing it takes no more requests, answers those that it took, and closes the model. Thread-safe.
 */
public final class PolymathServer implements AutoCloseable {
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(60);

    private final ServerSettings settings;
    private final ModelSlot slot = new ModelSlot();
    private final Batcher batcher;
    private final IndexRefresh refresh = new IndexRefresh(slot);
    private final AccessLog log;
    private final Listener listener;
    private final List<Route> routes = new ArrayList<>();
    private final Javalin javalin;
    private volatile boolean stopping;
    private boolean closed;

    private PolymathServer(ServerSettings settings, Keys keys, AccessLog log, BiConsumer<String, Throwable> failures) {
        this.settings = settings;
        this.log = log;
        Meters meters = new Meters();
        RecentLoad load = new RecentLoad();
        batcher = new Batcher(settings.batching(), meters);
        listener = new Listener(settings);
        Texts texts = new Texts(settings.limits());
        RerankEndpoint rerank = new RerankEndpoint(texts);
        routes.addAll(new OperationEndpoints(settings, meters, () -> stopping).routes());
        routes.addAll(new OwnEndpoints(texts, batcher, load).routes());
        routes.addAll(new SearchEndpoints(texts).routes());
        routes.addAll(new TeiEndpoints(texts, rerank).routes());
        routes.addAll(rerank.routes());
        routes.addAll(new TokenEndpoints(texts).routes());
        routes.addAll(new OpenAiEndpoints(texts, batcher).routes());
        routes.addAll(new AdminEndpoints(slot, settings.computing(), keys.any()).routes());
        routes.add(PageFiles.route());
        Services services = new Services(slot, batcher, listener.threads(), settings, failures);
        Router router = new Router(routes, services, keys, () -> stopping, meters, load, log);
        javalin = Javalin.create(config -> {
            config.showJavalinBanner = false;
            config.startupWatcherEnabled = false;
            // Vectors hardly shrink, and to try costs more than a pass of short texts.
            config.http.disableCompression();
            config.jetty.threadPool = listener.threads();
            config.jetty.modifyServer(listener::prepare);
            config.jetty.addConnector(listener::connector);
            router.install(config);
        });
    }

    /**
     * Opens a model and serves it.
     *
     * @param model a model folder, or {@code minilm}
     * @throws InputException if there is no such model, the index of the settings is not one of its vectors, the port is in use,
     *     or a file of the settings cannot be used
     */
    public static PolymathServer start(Path model, ServerSettings settings) {
        return start(model, settings, (request, failure) -> {});
    }

    /**
     * As {@link #start(Path, ServerSettings)}.
     *
     * @param failures told of each fault of the server's own, with the id of the request that met it
     */
    public static PolymathServer start(Path model, ServerSettings settings, BiConsumer<String, Throwable> failures) {
        Keys keys = Keys.read(settings.keys());
        AccessLog log = new AccessLog(settings.accessLog());
        // Both load many classes, half a second or more each.
        CompletableFuture<ServedModel> opened =
                CompletableFuture.supplyAsync(() -> ServedModel.open(model, settings.index(), settings.computing()));
        PolymathServer server = new PolymathServer(settings, keys, log, failures);
        try {
            server.slot.replace(opened.join());
            server.javalin.start();
            return server;
        } catch (CompletionException e) {
            server.close();
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } catch (RuntimeException e) {
            server.close();
            throw server.refusal(e);
        }
    }

    /** The port that it listens on. */
    public int port() {
        return javalin.port();
    }

    /** Where it is, such as {@code http://127.0.0.1:8080}. */
    public String address() {
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        return (settings.tls() == null ? "http" : "https") + "://" + host + ":" + port();
    }

    /** All paths that it answers at, by {@code METHOD PATH}. */
    List<String> paths() {
        return routes.stream().map(route -> route.method() + " " + route.path()).toList();
    }

    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        stopping = true;
        listener.drain(javalin.jettyServer().server(), LAST_ANSWERS);
        javalin.stop();
        batcher.close();
        refresh.close();
        slot.close();
        log.close();
    }

    private RuntimeException refusal(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InputException input) return input;
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return new InputException("there is no address '" + settings.host() + "' to listen on", failure);
            }
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JavalinBindException || cause instanceof IOException) {
                return new InputException(
                        "cannot listen on port " + settings.port() + " of " + settings.host()
                                + ": it is in use, or may not be used; choose another with --port, or 0 for any",
                        failure);
            }
        }
        return failure;
    }
}
