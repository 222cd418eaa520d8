package dev.polymath.server;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/**
 * What is counted, as Prometheus reads it: TEI's names, {@code te_*}, where its dashboards look for them, and {@code
 * polymath_*} for what TEI has not. Thread-safe.
 */
final class Meters {
    private static final double[] SECONDS = {.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
    private static final double[] COUNTS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    /** TEI's counters have no {@code _total}, which this registry gives all counters; so they are gauges here. */
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    Meters() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
    }

    /** Everything, in Prometheus's text format. */
    String text() {
        return registry.scrape();
    }

    void watchQueue(IntSupplier texts) {
        Gauge.builder("te_queue_size", texts::getAsInt)
                .description("Texts that wait")
                .register(registry);
    }

    /** A pass: texts, and their tokens. */
    void pass(int texts, int tokens) {
        summary("te_batch_next_size", Tags.empty(), COUNTS).record(texts);
        summary("te_batch_next_tokens", Tags.empty(), COUNTS).record(tokens);
        registry.counter("polymath_texts").increment(texts);
        registry.counter("polymath_tokens").increment(tokens);
    }

    /** A request that was turned away since the queue is full. */
    void turnedAway() {
        registry.counter("polymath_requests_turned_away").increment();
    }

    /** A request that was not computed since its sender had gone. */
    void dropped() {
        registry.counter("polymath_requests_dropped").increment();
    }

    /** A request that has been answered. */
    void request(Exchange exchange, int status) {
        long nanos = System.nanoTime() - exchange.started();
        Tags path = Tags.of(
                "path", exchange.route() == null ? "other" : exchange.route().path());
        summary("polymath_request_duration_seconds", path, SECONDS).record(seconds(nanos));
        registry.counter("polymath_requests", path.and("status", String.valueOf(status)))
                .increment();
        if (exchange.texts() == 0 && !exchange.computes()) return;
        Tags method = Tags.of("method", exchange.texts() > 1 ? "batch" : "single");
        String kind = exchange.route().path().contains("predict")
                        || exchange.route().path().contains("classify")
                ? "te_predict_"
                : "te_embed_";
        count("te_request_count", method);
        count(kind + "count", Tags.empty());
        if (status >= 400) {
            count("te_request_failure", Tags.of("err", exchange.failure()));
            return;
        }
        count("te_request_success", method);
        count(kind + "success", Tags.empty());
        summary("te_request_duration", method, SECONDS).record(seconds(nanos));
        summary(kind + "duration", Tags.empty(), SECONDS).record(seconds(nanos));
        summary("te_request_tokenization_duration", method, SECONDS).record(0);
        summary("te_request_queue_duration", method, SECONDS).record(seconds(exchange.queueNanos()));
        summary("te_request_inference_duration", method, SECONDS).record(seconds(exchange.inferenceNanos()));
        if (exchange.texts() > 0) {
            summary("te_request_input_length", Tags.empty(), COUNTS)
                    .record((double) exchange.tokens() / exchange.texts());
        }
    }

    private void count(String name, Tags tags) {
        counts.computeIfAbsent(name + tags, key -> {
                    LongAdder adder = new LongAdder();
                    Gauge.builder(name, adder::sum).tags(tags).register(registry);
                    return adder;
                })
                .increment();
    }

    private DistributionSummary summary(String name, Tags tags, double[] buckets) {
        return DistributionSummary.builder(name)
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    private static double seconds(long nanos) {
        return (double) nanos / TimeUnit.SECONDS.toNanos(1);
    }
}
