package dev.polymath.server;

import dev.polymath.InputException;
import dev.polymath.run.Input;
import dev.polymath.run.Prediction;
import io.javalin.http.Context;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.BadMessageException;

/** One request and the answer to it: reads the one, writes the other, and knows what it took. */
final class Exchange {
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");
    private static final String JSON = "application/json";
    private static final String LINES = "application/x-ndjson";

    private final Context context;
    private final Services services;
    private final Route route;
    private final String id;
    private final long started = System.nanoTime();
    private ServedModel model;
    private boolean computes;
    private boolean pending;
    private int texts;
    private long characters;
    private long tokens;
    private long queueNanos;
    private long inferenceNanos;
    private String failure = "";

    /** @param route what the request asked for; null where there is no such */
    Exchange(Context context, Services services, Route route) {
        this.context = context;
        this.services = services;
        this.route = route;
        String given = context.header("X-Request-Id");
        this.id = given != null && REQUEST_ID.matcher(given).matches()
                ? given
                : UUID.randomUUID().toString();
        context.header("X-Request-Id", id);
    }

    // ---- what was asked

    Context context() {
        return context;
    }

    Route route() {
        return route;
    }

    boolean accepts(String type) {
        String accept = context.header("Accept");
        return accept != null && accept.toLowerCase(Locale.ROOT).contains(type);
    }

    /** Whether the answer may be a line a value. */
    boolean acceptsLines() {
        return accepts(LINES);
    }

    /** The model that answers, the same for all of this request. */
    ServedModel model() {
        if (model == null) model = services.slot().acquire();
        return model;
    }

    /** The body as an object. */
    Fields body() throws IOException {
        try {
            return StrictBody.read(
                    RequestBody.read(context.req(), services.settings().limits()));
        } catch (EOFException e) {
            throw new Fault(Fault.Kind.MALFORMED, "the body ends too early");
        } catch (IOException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new Fault(Fault.Kind.TOO_SLOW, "the body does not come");
            }
            throw e;
        }
    }

    // ---- the answer

    /** Has the model answer as the body asks. */
    void answer(Route.Planning planning) throws IOException {
        services.batcher().requireRoom();
        Plan plan = computing(planning.apply(body(), model()));
        if (!plan.computes()) {
            write(plan, List.of());
            return;
        }
        Work work = submitted(plan);
        pending = true;
        context.future(() -> finished(work).whenComplete((nothing, failed) -> release()));
    }

    /** What a plan comes to, as far as that is known without the model. */
    private static Plan computing(Plan plan) {
        Plan known = plan;
        while (known.next() != null && !known.computes()) known = known.next().apply(List.of());
        return known;
    }

    private Work submitted(Plan plan) {
        if (plan.call() != null) for (String text : plan.call().texts()) count(Input.of(text));
        plan.questions().forEach(question -> count(question.input()));
        computes = true;
        Work work = new Work(model(), plan, ClientConnection.gone(context.req()));
        services.batcher().submit(work);
        return work;
    }

    /** Written by another thread than the batcher's, which has the next pass to compute. */
    private CompletableFuture<Void> finished(Work work) {
        return work.done()
                .handleAsync((done, failed) -> finish(work.plan(), done, failed), services.threads())
                .thenCompose(written -> written);
    }

    private CompletableFuture<Void> finish(Plan plan, Work.Done done, Throwable failed) {
        try {
            if (failed != null) throw failed;
            queueNanos += done.queueNanos();
            inferenceNanos += done.inferenceNanos();
            for (Prediction prediction : done.predictions()) tokens += prediction.tokens();
            if (done.writing() != null) write(JSON, done.writing());
            else if (plan.next() == null) write(plan, done.predictions());
            else {
                Plan next = computing(plan.next().apply(done.predictions()));
                if (next.computes()) return finished(submitted(next));
                write(next, List.of());
            }
        } catch (Throwable e) {
            fail(e);
        }
        return CompletableFuture.completedFuture(null);
    }

    private void count(Input input) {
        texts++;
        characters += input.text().length()
                + (input.text2() == null ? 0 : input.text2().length());
    }

    private void write(Plan plan, List<Prediction> predictions) throws IOException {
        write(plan.lines() ? LINES : JSON, json -> plan.answer().write(json, predictions));
    }

    /** Answers with JSON, now. */
    void json(StrictBody.Writing writing) throws IOException {
        write(JSON, writing);
    }

    private void write(String type, StrictBody.Writing writing) throws IOException {
        byte[] body = StrictBody.written(writing);
        if (computes) measures();
        // Else a long answer is sent in chunks.
        context.res().setContentLength(body.length);
        context.status(200).contentType(type).result(body);
    }

    /** TEI's headers, times in milliseconds. Tokenizing is part of a pass here, and its time of the inference's. */
    private void measures() {
        context.header("x-compute-type", "gpu+optimized");
        context.header("x-compute-time", millis(queueNanos + inferenceNanos));
        context.header("x-compute-characters", String.valueOf(characters));
        context.header("x-compute-tokens", String.valueOf(tokens));
        context.header("x-total-time", millis(System.nanoTime() - started));
        context.header("x-tokenization-time", "0");
        context.header("x-queue-time", millis(queueNanos));
        context.header("x-inference-time", millis(inferenceNanos));
    }

    private static String millis(long nanos) {
        return String.valueOf(TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    /** Answers with what went wrong. */
    void fail(Throwable failed) {
        Fault fault = fault(failed);
        failure = fault.kind().name().toLowerCase(Locale.ROOT);
        Dialect dialect = route == null ? Dialect.TEI : route.dialect();
        if (fault.kind() == Fault.Kind.OVERLOADED) context.header("Retry-After", "1");
        if (fault.kind() == Fault.Kind.UNAUTHORIZED) context.header("WWW-Authenticate", "Bearer");
        // What is left of the body is not worth reading.
        if (fault.kind() == Fault.Kind.TOO_LARGE || fault.kind() == Fault.Kind.TOO_SLOW) {
            context.header("Connection", "close");
        }
        context.status(dialect.status(fault.kind())).contentType(JSON);
        try {
            context.result(StrictBody.written(json -> dialect.write(json, fault)));
        } catch (IOException e) {
            throw new IllegalStateException("a fault cannot be written", e);
        }
    }

    private Fault fault(Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        if (cause instanceof Fault fault) return fault;
        if (cause instanceof InputException) return Fault.invalid(cause.getMessage());
        if (cause instanceof BadMessageException bad && bad.getCode() < 500) {
            Fault.Kind kind = bad.getCode() == 408 ? Fault.Kind.TOO_SLOW : Fault.Kind.MALFORMED;
            return new Fault(kind, "the request cannot be read: " + bad.getReason());
        }
        if (cause instanceof IOException) return new Fault(Fault.Kind.GONE, "the client has gone");
        services.failures().accept(id, cause);
        return new Fault(Fault.Kind.INTERNAL, "this is a fault of the server's own; its log has request " + id);
    }

    /** Whether the answer comes later. */
    boolean pending() {
        return pending;
    }

    /** Lets go of the model. */
    void release() {
        ServedModel held = model;
        if (held != null) held.release();
        model = null;
    }

    // ---- what it took

    String id() {
        return id;
    }

    /** {@link System#nanoTime} when it came. */
    long started() {
        return started;
    }

    boolean computes() {
        return computes;
    }

    int texts() {
        return texts;
    }

    long tokens() {
        return tokens;
    }

    long queueNanos() {
        return queueNanos;
    }

    long inferenceNanos() {
        return inferenceNanos;
    }

    /** The kind of fault that it was answered with; empty where it was none. */
    String failure() {
        return failure;
    }
}
