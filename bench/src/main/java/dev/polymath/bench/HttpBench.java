package dev.polymath.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A server in a process of its own under load from this one, on loopback: as much as 64 connections ask, then 0.7 of that at
 * even times, then four times of it; a text a request. Beside the same model in this process.
 */
@Command(name = "http", description = "A served model under load, beside the same model in process.")
final class HttpBench implements Callable<Integer> {
    private static final int CONNECTIONS = 64;
    /** Requests under way at most in the open loops: as many as a crowd of clients might have. */
    private static final int MOST_UNDER_WAY = 4096;

    @Parameters(index = "0", paramLabel = "PAIRS.csv", description = "Columns a and b: the texts.")
    private Path pairs;

    @Option(names = "--model", defaultValue = "minilm")
    private String model;

    @Option(names = "--path", defaultValue = "/embed", description = "What is asked, with {\"inputs\":[text]}.")
    private String path;

    @Option(names = "--seconds", defaultValue = "30", description = "Of each phase; the overload takes twice as long.")
    private int seconds;

    @Option(names = "--rate", description = "Only this many requests a second, at even times, with no other phase.")
    private double rate;

    @Option(names = "--restart", description = "At last kills the server under load and starts it again.")
    private boolean restart;

    @Option(names = "--serve", split = ",", description = "More options of the server, such as --threads=1.")
    private List<String> options = new ArrayList<>();

    private double inProcess;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<String> texts = new ArrayList<>();
    private final List<HttpRequest> requests = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        read();
        if (rate == 0) inProcess = inProcess();
        ServerProcess server = ServerProcess.start(model, 0, options);
        try {
            for (String text : texts) requests.add(request(server.address(), text));
            System.out.println(
                    "| load | answered/s | median ms | p99 ms | statuses | server MiB | late ms, p99 and most |");
            System.out.println("|---|---|---|---|---|---|---|");
            if (rate > 0) {
                open(rate, Duration.ofSeconds(Math.min(10, seconds)));
                tail(rate, server);
            } else {
                whole(server);
            }
            if (restart) restart(server);
        } finally {
            server.close();
        }
        return 0;
    }

    private void whole(ServerProcess server) throws Exception {
        System.out.printf(Locale.ROOT, "| in process, %d callers | %.0f | | | | | |%n", CONNECTIONS, inProcess);
        closed(Duration.ofSeconds(Math.min(10, seconds)));
        double full;
        try (Stalls stalls = Stalls.begin()) {
            LoadAnswers answers = closed(Duration.ofSeconds(seconds));
            full = (double) answers.answered() / seconds;
            print(CONNECTIONS + " connections", answers, seconds, server, stalls);
        }
        // The open loop's own code shall be warm too.
        open(0.35 * full, Duration.ofSeconds(Math.min(5, seconds)));
        double medians = tail(0.7 * full, server);
        try (Stalls stalls = Stalls.begin()) {
            LoadAnswers over = open(4 * full, Duration.ofSeconds(2L * seconds));
            print("4 times", over, 2 * seconds, server, stalls);
        }
        System.out.printf(
                Locale.ROOT,
                "%nover HTTP %.2f of in process; p99 at 70 %% %.1f medians; answered again %.2f s after the overload%n",
                full / inProcess,
                medians,
                recovery());
    }

    /** @return the 99th percentile in medians */
    private double tail(double load, ServerProcess server) throws Exception {
        try (Stalls stalls = Stalls.begin()) {
            LoadAnswers most = open(load, Duration.ofSeconds(seconds));
            print(String.format(Locale.ROOT, "%.0f/s at even times", load), most, seconds, server, stalls);
            System.err.println("the slowest hundredth: " + most.slowest());
            return most.at(0.99) / most.at(0.5);
        }
    }

    /** Kills the server under load as {@code kill -9} does, starts it again, and tells when it answers. */
    private void restart(ServerProcess server) throws Exception {
        Thread load = new Thread(() -> {
            try {
                closed(Duration.ofSeconds(5));
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        load.start();
        Thread.sleep(2000);
        server.kill();
        long start = System.nanoTime();
        try (ServerProcess again = ServerProcess.start(model, server.port(), options)) {
            double ready = recovery();
            System.out.printf(
                    Locale.ROOT,
                    "killed under load: started again, the first answer came after %.2f s (%.2f s of that after it said so)%n",
                    (System.nanoTime() - start) / 1e9,
                    ready);
            load.join();
        }
    }

    private void read() throws IOException {
        for (CSVRecord row : CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(new StringReader(Files.readString(pairs)))) {
            texts.add(row.get("a"));
            texts.add(row.get("b"));
        }
    }

    /** Texts a second of as many callers as there are connections, a text a call. */
    private double inProcess() throws InterruptedException {
        try (Polymath polymath = Polymath.open(Path.of(model))) {
            AtomicInteger next = new AtomicInteger();
            Runnable one = () ->
                    polymath.predict(List.of(Input.of(texts.get(next.getAndIncrement() % texts.size()))), List.of());
            during(Duration.ofSeconds(Math.min(10, seconds)), one);
            next.set(0);
            during(Duration.ofSeconds(seconds), one);
            return (double) next.get() / seconds;
        }
    }

    private static void during(Duration time, Runnable again) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            threads.add(new Thread(() -> {
                while (System.nanoTime() < end) again.run();
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) thread.join();
    }

    private HttpRequest request(String address, String text) throws IOException {
        String body = new ObjectMapper().writeValueAsString(Map.of("inputs", List.of(text)));
        return HttpRequest.newBuilder(URI.create(address + path))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    /** Each connection asks again as soon as it is answered. */
    private LoadAnswers closed(Duration time) throws InterruptedException {
        LoadAnswers answers = new LoadAnswers();
        AtomicInteger next = new AtomicInteger();
        during(time, () -> {
            long start = System.nanoTime();
            HttpResponse<Void> response = null;
            try {
                HttpRequest request = requests.get(next.getAndIncrement() % requests.size());
                response = client.send(request, HttpResponse.BodyHandlers.discarding());
            } catch (IOException failed) {
                // Counted as no answer; who is refused asks again a little later.
                LockSupport.parkNanos(50_000_000);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            answers.add(response, start);
        });
        return answers;
    }

    /** Requests at even times, whether or not those before are answered; their time counts from when they were due. */
    private LoadAnswers open(double rate, Duration time) throws InterruptedException {
        LoadAnswers answers = new LoadAnswers();
        Semaphore underWay = new Semaphore(MOST_UNDER_WAY);
        long begin = System.nanoTime();
        long count = (long) (rate * time.toSeconds());
        for (long i = 0; i < count; i++) {
            long due = begin + (long) (i / rate * 1e9);
            while (System.nanoTime() < due) LockSupport.parkNanos(due - System.nanoTime());
            if (System.nanoTime() - begin > time.toNanos()) break;
            underWay.acquire();
            client.sendAsync(requests.get((int) (i % requests.size())), HttpResponse.BodyHandlers.discarding())
                    .whenComplete((response, failure) -> {
                        answers.add(failure == null ? response : null, due);
                        underWay.release();
                    });
        }
        underWay.acquire(MOST_UNDER_WAY);
        return answers;
    }

    /** Seconds until a request is answered. */
    private double recovery() throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (client.send(requests.get(0), HttpResponse.BodyHandlers.discarding())
                        .statusCode()
                != 200) {
            Thread.sleep(10);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static void print(String load, LoadAnswers answers, int seconds, ServerProcess server, Stalls stalls)
            throws IOException {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.0f | %.1f | %.1f | %s | %.0f | %.1f, %.0f |%n",
                load,
                (double) answers.answered() / seconds,
                answers.at(0.5),
                answers.at(0.99),
                answers,
                server.resident(),
                stalls.at(0.99),
                stalls.at(1));
    }
}
