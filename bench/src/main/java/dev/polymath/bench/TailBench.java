package dev.polymath.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Servers with different options beside each other: in each round each is asked by 64 connections, then at even times for 0.7 of
 * what it answered just before. The rounds alternate, and what is told is their median, so that what else the machine does counts
 * little; the servers are all there at once and only one of them is asked.
 */
@Command(name = "tail", description = "Throughput and tail latency of servers with different options, in turns.")
final class TailBench implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "PAIRS.csv", description = "Columns a and b: the texts.")
    private Path pairs;

    @Option(names = "--model", defaultValue = "minilm")
    private String model;

    @Option(names = "--path", defaultValue = "/embed")
    private String path;

    @Option(
            names = "--serve",
            required = true,
            description = "A server's options; once for each, the first to compare with.")
    private List<String> options;

    @Option(names = "--rounds", defaultValue = "10")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "4", description = "Of each part of a round.")
    private int seconds;

    /** A part of a round: texts a second of 64 connections, and milliseconds at even times. */
    private record Round(double rate, double median, double slow, double late) {}

    @Override
    public Integer call() throws Exception {
        List<String> texts = HttpLoad.texts(pairs);
        List<ServerProcess> servers = new ArrayList<>();
        List<List<Round>> all = new ArrayList<>();
        try {
            for (String each : options) {
                servers.add(ServerProcess.start(model, 0, List.of(each.split(","))));
                all.add(new ArrayList<>());
            }
            List<HttpLoad> loads = new ArrayList<>();
            for (ServerProcess server : servers) loads.add(new HttpLoad(server.address() + path, texts));
            for (int round = -1; round < rounds; round++) {
                for (int i = 0; i < loads.size(); i++) {
                    Round one = round(loads.get(i));
                    if (round >= 0) all.get(i).add(one);
                }
            }
        } finally {
            for (ServerProcess server : servers) server.close();
        }
        print(all);
        return 0;
    }

    private Round round(HttpLoad load) throws InterruptedException {
        double rate = (double) load.closed(Duration.ofSeconds(seconds)).answered() / seconds;
        try (Stalls stalls = Stalls.begin()) {
            LoadAnswers answers = load.open(0.7 * rate, Duration.ofSeconds(seconds));
            return new Round(rate, answers.at(0.5), answers.at(0.99), stalls.at(0.99));
        }
    }

    private void print(List<List<Round>> all) {
        System.out.println(
                "| options | 64 connections, answered/s | to the first | at 70 %, median ms | p99 ms | p99, medians | late ms, p99 |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (int i = 0; i < all.size(); i++) {
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                ratios.add(all.get(i).get(round).rate / all.get(0).get(round).rate);
            }
            System.out.printf(
                    Locale.ROOT,
                    "| `%s` | %.0f | %.2f | %.1f | %.1f | %.1f | %.1f |%n",
                    options.get(i).replace(',', ' '),
                    median(all.get(i), Round::rate),
                    ratios.stream().sorted().toList().get(rounds / 2),
                    median(all.get(i), Round::median),
                    median(all.get(i), Round::slow),
                    median(all.get(i), each -> each.slow / each.median),
                    median(all.get(i), Round::late));
        }
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> value) {
        return rounds.stream().mapToDouble(value).sorted().toArray()[rounds.size() / 2];
    }
}
