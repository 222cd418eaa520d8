package dev.polymath.server;

import dev.polymath.Nearest;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Brings each request to what answers it, and sees to what is the same for all: keys, request ids, CORS, measures, log. */
final class Router {
    private static final String EXCHANGE = "exchange";
    private static final String MEASURED = "x-compute-type, x-compute-time, x-compute-characters, x-compute-tokens,"
            + " x-total-time, x-tokenization-time, x-queue-time, x-inference-time, X-Request-Id, Retry-After";
    private static final List<HandlerType> METHODS = List.of(
            HandlerType.GET,
            HandlerType.POST,
            HandlerType.PUT,
            HandlerType.PATCH,
            HandlerType.DELETE,
            HandlerType.HEAD,
            HandlerType.OPTIONS,
            HandlerType.TRACE);

    private final List<Route> routes;
    private final Services services;
    private final Keys keys;
    private final BooleanSupplier stopping;
    private final Meters meters;
    private final RecentLoad load;
    private final AccessLog log;

    Router(
            List<Route> routes,
            Services services,
            Keys keys,
            BooleanSupplier stopping,
            Meters meters,
            RecentLoad load,
            AccessLog log) {
        this.routes = List.copyOf(routes);
        this.services = services;
        this.keys = keys;
        this.stopping = stopping;
        this.meters = meters;
        this.load = load;
        this.log = log;
    }

    List<Route> routes() {
        return routes;
    }

    void install(JavalinConfig config) {
        config.router.mount(javalin -> {
            for (Route route : routes) {
                javalin.addHttpHandler(
                        HandlerType.Companion.findByName(route.method()),
                        route.path(),
                        context -> serve(context, route));
            }
            // After all others, so that what nothing else answers comes here.
            for (HandlerType method : METHODS) javalin.addHttpHandler(method, "/*", this::elsewhere);
            javalin.exception(Exception.class, (failure, context) -> exchange(context, null)
                    .fail(failure));
        });
        config.requestLogger.http((context, millis) -> ended(context));
    }

    private void serve(Context context, Route route) {
        Exchange exchange = exchange(context, route);
        try {
            if (stopping.getAsBoolean()) {
                context.header("Connection", "close");
                if (!route.open()) throw new Fault(Fault.Kind.STOPPING, "the server is stopping");
            }
            if (!route.open()) keys.check(context.header("Authorization"));
            route.endpoint().answer(exchange);
        } catch (Exception | StackOverflowError e) {
            exchange.fail(e);
        } finally {
            if (!exchange.pending()) exchange.release();
        }
    }

    /** A path that nothing answers at, or not with this method. */
    private void elsewhere(Context context) {
        Exchange exchange = exchange(context, null);
        String path = context.path();
        List<Route> here =
                routes.stream().filter(route -> route.path().equals(path)).toList();
        String methods = here.stream().map(Route::method).distinct().collect(Collectors.joining(", "));
        String method = context.req().getMethod();
        if (method.equals("OPTIONS")) {
            context.header("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
            context.header("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept, X-Request-Id");
            context.header("Access-Control-Max-Age", "86400");
            context.status(204);
        } else if (method.equals("HEAD")
                && here.stream().anyMatch(route -> route.method().equals("GET"))) {
            context.status(200);
        } else if (!here.isEmpty()) {
            context.header("Allow", methods);
            exchange.fail(
                    new Fault(Fault.Kind.WRONG_METHOD, path + " is asked with " + methods + ", not with " + method));
        } else {
            List<String> paths = routes.stream().map(Route::path).toList();
            String shown = Fields.shortened(path);
            exchange.fail(new Fault(
                    Fault.Kind.NOT_FOUND, "there is nothing at " + shown + "; " + Nearest.suggest(shown, paths)));
        }
    }

    private Exchange exchange(Context context, Route route) {
        Exchange known = context.attribute(EXCHANGE);
        if (known != null) return known;
        Exchange exchange = new Exchange(context, services, route);
        context.attribute(EXCHANGE, exchange);
        context.header("Access-Control-Allow-Origin", "*");
        context.header("Access-Control-Expose-Headers", MEASURED);
        return exchange;
    }

    private void ended(Context context) {
        Exchange exchange = exchange(context, null);
        int status = context.statusCode();
        meters.request(exchange, status);
        if (exchange.computes() && status < 400) load.add(System.nanoTime() - exchange.started(), exchange.texts());
        log.add(exchange, status);
    }
}
