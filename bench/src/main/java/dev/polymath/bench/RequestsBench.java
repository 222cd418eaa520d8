package dev.polymath.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.polymath.run.Polymath;
import dev.polymath.run.Polymath.Settings;
import dev.polymath.run.Precision;
import dev.polymath.run.Question;
import dev.polymath.server.ServerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Random requests to a server in a process of its own: right ones, each answer beside what the model gives in this process for
 * each text alone; then malformed ones, each of which must be refused with a message, and must leave no memory behind.
 */
@Command(name = "requests", description = "Random requests, right and malformed, to a served model.")
final class RequestsBench implements Callable<Integer> {
    private static final int MOST_SHOWN = 10;
    private static final Duration GIVEN_UP =
            ServerSettings.Limits.DEFAULT.bodyTime().plusSeconds(25);
    private static final ObjectMapper JSON = new ObjectMapper();

    @Parameters(index = "0", paramLabel = "MODEL")
    private Path model;

    @Option(names = "--valid", defaultValue = "10000")
    private int valid;

    @Option(names = "--malformed", defaultValue = "20000")
    private int malformed;

    @Option(names = "--slow", defaultValue = "60", description = "Of the malformed ones, bodies a byte a second.")
    private int slow;

    @Option(names = "--precision", defaultValue = "fp32", description = "fp32 or int8, on both sides.")
    private Precision precision;

    @Option(names = "--seed", description = "Of the requests; another each time without it.")
    private long seed = System.nanoTime();

    @Option(names = "--callers", defaultValue = "16")
    private int callers;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<String> wrong = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        System.out.println("seed " + seed + ", model " + model + " in " + precision.key());
        try (ServerProcess server = ServerProcess.start(model.toString(), 0, List.of("--precision", precision.key()))) {
            if (valid > 0) valid(server);
            if (malformed > 0) malformed(server);
            System.out.println(wrong.size() + " wrong; the server " + server.state());
        }
        wrong.stream().limit(MOST_SHOWN).forEach(each -> System.out.println("WRONG: " + shortened(each)));
        return wrong.isEmpty() ? 0 : 1;
    }

    private void valid(ServerProcess server) throws Exception {
        AnswerComparison comparison = new AnswerComparison(precision == Precision.INT8 ? 2e-2 : 1e-4);
        AtomicInteger texts = new AtomicInteger();
        AtomicInteger again = new AtomicInteger();
        long start = System.nanoTime();
        try (Polymath polymath = Polymath.open(model, Settings.DEFAULT.with(precision))) {
            RequestMix mix = new RequestMix(seed, polymath.tasks());
            each(valid, i -> {
                RequestMix.Drawn drawn;
                synchronized (mix) {
                    drawn = mix.next();
                }
                texts.addAndGet(drawn.inputs().size());
                JsonNode answers = ask(server, drawn.json(), again);
                for (int row = 0; row < drawn.inputs().size(); row++) {
                    Question question = new Question(drawn.inputs().get(row), drawn.tasks(), drawn.raw());
                    // By way of text, as the server's answer is, so that numbers are of one kind.
                    JsonNode alone = JSON.readTree(JSON.writeValueAsString(
                            polymath.predict(List.of(question)).get(0).json()));
                    comparison.add(answers.get(row), alone, "request " + i + " text " + row);
                }
            });
        }
        System.out.printf(
                Locale.ROOT,
                "%d requests of %d texts (%s) in %.0f s, %d asked again after a 429: %d answers differ, largest difference %.1e,"
                        + " %d labels undecided%n",
                valid,
                texts.get(),
                RequestMix.WORDS,
                (System.nanoTime() - start) / 1e9,
                again.get(),
                comparison.differences().size(),
                comparison.largest(),
                comparison.undecided());
        wrong.addAll(comparison.differences());
    }

    private JsonNode ask(ServerProcess server, String body, AtomicInteger again) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.address() + "/v1/predict"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        while (true) {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 200) return JSON.readTree(response.body());
            if (response.statusCode() != 429) throw new IOException(response.statusCode() + " " + response.body());
            again.incrementAndGet();
            Thread.sleep(1000);
        }
    }

    private void malformed(ServerProcess server) throws Exception {
        Map<String, Integer> statuses = new TreeMap<>();
        MalformedMix mix = new MalformedMix(seed);
        int first = malformed / 10;
        long start = System.nanoTime();
        refused(server, mix, first, slow / 10, statuses);
        double[] before = {server.resident(), server.heap()};
        refused(server, mix, malformed - first, slow - slow / 10, statuses);
        double[] after = {server.resident(), server.heap()};
        // Connections whose client has gone in the middle of something, and what they hold, stay until the server gives
        // them up.
        Thread.sleep(GIVEN_UP.toMillis());
        System.out.printf(
                Locale.ROOT,
                "%d malformed requests, and %d of which a byte comes now and then, in %.0f s: %s%n",
                malformed,
                slow,
                (System.nanoTime() - start) / 1e9,
                statuses);
        System.out.printf(
                Locale.ROOT,
                "resident MiB %.0f after %d, %.0f after all; heap after a collection %.1f and %.1f, %.1f after %d s without requests%n",
                before[0],
                first,
                after[0],
                before[1],
                after[1],
                server.heap(),
                GIVEN_UP.toSeconds());
    }

    private void refused(ServerProcess server, MalformedMix mix, int count, int dripping, Map<String, Integer> statuses)
            throws Exception {
        byte[] beginning = ("POST /embed HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000"
                        + "\r\n\r\n{\"inputs\":")
                .getBytes(StandardCharsets.US_ASCII);
        ExecutorService crawl = Executors.newFixedThreadPool(32);
        List<Future<?>> slowly = new ArrayList<>();
        for (int i = 0; i < dripping; i++) {
            slowly.add(crawl.submit(() -> {
                try (RawConnection connection = new RawConnection(server.port())) {
                    check(new MalformedMix.Drawn("slow", beginning), connection.drip(beginning, 1000), statuses);
                }
                return null;
            }));
        }
        ThreadLocal<RawConnection> connections = ThreadLocal.withInitial(() -> new RawConnection(server.port()));
        each(count, i -> {
            MalformedMix.Drawn drawn;
            synchronized (mix) {
                drawn = mix.next();
            }
            try {
                check(drawn, connections.get().send(drawn.bytes()), statuses);
            } finally {
                // What was wrong in its head may have left bytes that nobody reads.
                if (drawn.what().equals(MalformedMix.HEAD) || drawn.what().equals(MalformedMix.VERSION))
                    connections.get().close();
            }
        });
        for (Future<?> each : slowly) each.get();
        crawl.shutdown();
    }

    private void check(MalformedMix.Drawn drawn, RawConnection.Answer answer, Map<String, Integer> statuses)
            throws IOException {
        boolean version = drawn.what().equals(MalformedMix.VERSION);
        boolean refused = version ? answer.status() == 505 : answer.status() >= 400 && answer.status() < 500;
        JsonNode json = answer.body().isBlank() ? MissingNode.getInstance() : JSON.readTree(answer.body());
        JsonNode error = json.path("error");
        String message = error.isObject() ? error.path("message").asText() : error.asText();
        synchronized (wrong) {
            statuses.merge(Integer.toString(answer.status()), 1, Integer::sum);
            if (!refused || message.isBlank())
                wrong.add(drawn.what() + ": " + answer + " to " + new String(drawn.bytes(), StandardCharsets.UTF_8));
        }
    }

    /** What is done for each of many numbers. */
    @FunctionalInterface
    private interface Each {
        void of(int number) throws Exception;
    }

    /** By all callers at once; what fails counts as wrong. */
    private void each(int count, Each what) throws Exception {
        AtomicInteger next = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            threads.add(new Thread(() -> {
                for (int at = next.getAndIncrement(); at < count; at = next.getAndIncrement()) {
                    try {
                        what.of(at);
                    } catch (Exception e) {
                        synchronized (wrong) {
                            wrong.add("request " + at + ": " + e);
                        }
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread each : threads) each.join();
    }

    private static String shortened(String text) {
        return text.length() <= 600 ? text : text.substring(0, 600) + "…";
    }
}
