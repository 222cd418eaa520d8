package dev.polymath.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import java.io.BufferedReader;
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
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
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

    /** What came of requests. */
    private static final class Answers {
        private final Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();
        private final List<Double> milliseconds = Collections.synchronizedList(new ArrayList<>());

        /** @param status 0 where there was none */
        void add(int status, long start) {
            statuses.computeIfAbsent(status, each -> new AtomicInteger()).incrementAndGet();
            if (status == 200) milliseconds.add((System.nanoTime() - start) / 1e6);
        }

        double at(double share) {
            List<Double> sorted = milliseconds.stream().sorted().toList();
            return sorted.isEmpty() ? Double.NaN : sorted.get((int) (share * (sorted.size() - 1)));
        }

        int answered() {
            return milliseconds.size();
        }

        @Override
        public String toString() {
            return new TreeMap<>(statuses).toString();
        }
    }

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<String> texts = new ArrayList<>();
    private final List<HttpRequest> requests = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        read();
        double inProcess = inProcess();
        Process server = start();
        try {
            String address = address(server);
            for (String text : texts) requests.add(request(address, text));
            closed(Duration.ofSeconds(Math.min(10, seconds)));
            Answers full = closed(Duration.ofSeconds(seconds));
            double rate = (double) full.answered() / seconds;
            System.out.println("| load | answered/s | median ms | p99 ms | statuses | server MiB |");
            System.out.println("|---|---|---|---|---|---|");
            System.out.printf(Locale.ROOT, "| in process, %d callers | %.0f | | | | |%n", CONNECTIONS, inProcess);
            print(CONNECTIONS + " connections", full, rate, server);
            Answers most = open(0.7 * rate, Duration.ofSeconds(seconds));
            print("70 %", most, (double) most.answered() / seconds, server);
            Answers over = open(4 * rate, Duration.ofSeconds(2L * seconds));
            print("4 times", over, over.answered() / (2.0 * seconds), server);
            System.out.printf(
                    Locale.ROOT,
                    "%nover HTTP %.2f of in process; p99 at 70 %% %.1f medians; answered again %.2f s after the overload%n",
                    rate / inProcess,
                    most.at(0.99) / most.at(0.5),
                    recovery());
        } finally {
            server.destroy();
            server.waitFor();
        }
        return 0;
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

    private Process start() throws IOException {
        return new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:+UseSerialGC",
                        "-Xmx1g",
                        "dev.polymath.cli.Main",
                        "serve",
                        model,
                        "--port",
                        "0")
                .redirectErrorStream(true)
                .start();
    }

    private static String address(Process server) throws IOException {
        BufferedReader lines = server.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int at = line.indexOf("http://");
            if (at >= 0) return line.substring(at).split("[ ,]")[0];
        }
        throw new IllegalStateException("the server did not start");
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
    private Answers closed(Duration time) throws InterruptedException {
        Answers answers = new Answers();
        AtomicInteger next = new AtomicInteger();
        during(time, () -> {
            long start = System.nanoTime();
            int status = 0;
            try {
                HttpRequest request = requests.get(next.getAndIncrement() % requests.size());
                status = client.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
            } catch (IOException failed) {
                // Counted as no answer.
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            answers.add(status, start);
        });
        return answers;
    }

    /** Requests at even times, whether or not those before are answered; their time counts from when they were due. */
    private Answers open(double rate, Duration time) throws InterruptedException {
        Answers answers = new Answers();
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
                        answers.add(failure == null ? response.statusCode() : 0, due);
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

    private static void print(String load, Answers answers, double rate, Process server) throws IOException {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.0f | %.1f | %.1f | %s | %.0f |%n",
                load,
                rate,
                answers.at(0.5),
                answers.at(0.99),
                answers,
                resident(server.pid()));
    }

    /** MiB; NaN where the system does not tell. */
    private static double resident(long pid) throws IOException {
        Path status = Path.of("/proc/" + pid + "/status");
        if (!Files.isReadable(status)) return Double.NaN;
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
        }
        return Double.NaN;
    }
}
