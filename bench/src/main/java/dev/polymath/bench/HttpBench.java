package dev.polymath.bench;

import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A server in a process of its own under load from this one, on loopback: as much as 64 connections ask, then 0.7 of that at
 * even times, then four times of it; a text a request. Beside the same model in this process.
 */
@Command(name = "http", description = "A served model under load, beside the same model in process.")
final class HttpBench implements Callable<Integer> {

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

    private List<String> texts;
    private HttpLoad load;

    @Override
    public Integer call() throws Exception {
        texts = HttpLoad.texts(pairs);
        if (rate == 0) inProcess = inProcess();
        ServerProcess server = ServerProcess.start(model, 0, options);
        try {
            load = new HttpLoad(server.address() + path, texts);
            System.out.println(
                    "| load | answered/s | median ms | p99 ms | statuses | server MiB | late ms, p99 and most |");
            System.out.println("|---|---|---|---|---|---|---|");
            if (rate > 0) {
                load.open(rate, Duration.ofSeconds(Math.min(10, seconds)));
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
        System.out.printf(
                Locale.ROOT, "| in process, %d callers | %.0f | | | | | |%n", HttpLoad.CONNECTIONS, inProcess);
        load.closed(Duration.ofSeconds(Math.min(10, seconds)));
        double full;
        try (Stalls stalls = Stalls.begin()) {
            LoadAnswers answers = load.closed(Duration.ofSeconds(seconds));
            full = (double) answers.answered() / seconds;
            print(HttpLoad.CONNECTIONS + " connections", answers, seconds, server, stalls);
        }
        // The open loop's own code shall be warm too.
        load.open(0.35 * full, Duration.ofSeconds(Math.min(5, seconds)));
        double medians = tail(0.7 * full, server);
        try (Stalls stalls = Stalls.begin()) {
            LoadAnswers over = load.open(4 * full, Duration.ofSeconds(2L * seconds));
            print("4 times", over, 2 * seconds, server, stalls);
        }
        System.out.printf(
                Locale.ROOT,
                "%nover HTTP %.2f of in process; p99 at 70 %% %.1f medians; answered again %.2f s after the overload%n",
                full / inProcess,
                medians,
                load.recovery());
    }

    /** @return the 99th percentile in medians */
    private double tail(double rate, ServerProcess server) throws Exception {
        try (Stalls stalls = Stalls.begin()) {
            LoadAnswers most = load.open(rate, Duration.ofSeconds(seconds));
            print(String.format(Locale.ROOT, "%.0f/s at even times", rate), most, seconds, server, stalls);
            System.err.println("the slowest hundredth: " + most.slowest());
            return most.at(0.99) / most.at(0.5);
        }
    }

    /** Kills the server under load as {@code kill -9} does, starts it again, and tells when it answers. */
    private void restart(ServerProcess server) throws Exception {
        Thread callers = new Thread(() -> {
            try {
                load.closed(Duration.ofSeconds(5));
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        callers.start();
        Thread.sleep(2000);
        server.kill();
        long start = System.nanoTime();
        try (ServerProcess again = ServerProcess.start(model, server.port(), options)) {
            double ready = load.recovery();
            System.out.printf(
                    Locale.ROOT,
                    "killed under load: started again, the first answer came after %.2f s (%.2f s of that after it said so)%n",
                    (System.nanoTime() - start) / 1e9,
                    ready);
            callers.join();
        }
    }

    /** Texts a second of as many callers as there are connections, a text a call. */
    private double inProcess() throws InterruptedException {
        try (Polymath polymath = Polymath.open(Path.of(model))) {
            AtomicInteger next = new AtomicInteger();
            Runnable one = () ->
                    polymath.predict(List.of(Input.of(texts.get(next.getAndIncrement() % texts.size()))), List.of());
            HttpLoad.during(Duration.ofSeconds(Math.min(10, seconds)), one);
            next.set(0);
            HttpLoad.during(Duration.ofSeconds(seconds), one);
            return (double) next.get() / seconds;
        }
    }

    private static void print(String what, LoadAnswers answers, int seconds, ServerProcess server, Stalls stalls)
            throws IOException {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.0f | %.1f | %.1f | %s | %.0f | %.1f, %.0f |%n",
                what,
                (double) answers.answered() / seconds,
                answers.at(0.5),
                answers.at(0.99),
                answers,
                server.resident(),
                stalls.at(0.99),
                stalls.at(1));
    }
}
