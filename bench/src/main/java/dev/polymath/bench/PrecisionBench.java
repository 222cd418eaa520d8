package dev.polymath.bench;

import dev.polymath.run.Input;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Polymath;
import dev.polymath.run.Polymath.Settings;
import dev.polymath.run.Precision;
import dev.polymath.task.Task;
import dev.polymath.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The served path in F32 and in int8, on models that have been quantised. The two take turns, so that whatever else the
 * machine does meets both; the best of all rounds counts for latency, the sum of all for throughput.
 */
@Command(name = "precision", description = "Throughput and latency in fp32 and in int8.")
final class PrecisionBench implements Callable<Integer> {
    private static final List<String> WORDS = List.of(
            "where", "is", "my", "parcel", "the", "refund", "has", "not", "come", "yet", "please", "help", "account");
    /** Words of the text whose latency is taken. */
    private static final int SENTENCE = 12;

    @Parameters(arity = "1..*", paramLabel = "MODEL", description = "Models that have been quantised.")
    private List<Path> models;

    @Option(names = "--rounds", defaultValue = "7")
    private int rounds;

    @Option(names = "--texts", defaultValue = "512", description = "Of a round, 4 to 60 words each.")
    private int count;

    @Option(names = "--sentences", defaultValue = "100", description = "Of a round, one after the other.")
    private int sentences;

    @Option(names = "--threads", defaultValue = "0", description = "0 for one a core.")
    private int threads;

    @Override
    public Integer call() {
        System.out.println("| model | precision | tokens/s | to fp32 | a sentence, median ms | to fp32 |");
        System.out.println("|---|---|---|---|---|---|");
        for (Path model : models) print(model);
        return 0;
    }

    private void print(Path path) {
        List<Input> texts = texts();
        long tokens = tokens(path, texts);
        Map<Precision, Polymath> opened = new EnumMap<>(Precision.class);
        Map<Precision, Double> seconds = new EnumMap<>(Precision.class);
        Map<Precision, List<Double>> latencies = new EnumMap<>(Precision.class);
        try {
            for (Precision precision : List.of(Precision.FP32, Precision.INT8)) {
                opened.put(precision, Polymath.open(path, new Settings(threads, 4096, precision)));
                latencies.put(precision, new ArrayList<>());
            }
            for (int round = -1; round < rounds; round++) {
                for (Map.Entry<Precision, Polymath> each : opened.entrySet()) {
                    List<String> task = List.of(single(each.getValue()));
                    long start = System.nanoTime();
                    each.getValue().predict(texts, task);
                    if (round >= 0) seconds.merge(each.getKey(), (System.nanoTime() - start) / 1e9, Double::sum);
                    latencies.get(each.getKey()).addAll(latencies(each.getValue(), task));
                    if (round < 0) latencies.get(each.getKey()).clear();
                }
            }
        } finally {
            opened.values().forEach(Polymath::close);
        }
        double rate = rounds * tokens / seconds.get(Precision.FP32);
        double latency = median(latencies.get(Precision.FP32));
        for (Precision precision : opened.keySet()) {
            double own = rounds * tokens / seconds.get(precision);
            double ownLatency = median(latencies.get(precision));
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %,.0f | %.2f | %.2f | %.2f |%n",
                    path.getFileName(),
                    precision.key(),
                    own,
                    own / rate,
                    ownLatency,
                    ownLatency / latency);
        }
    }

    private List<Double> latencies(Polymath model, List<String> task) {
        List<Input> one = List.of(Input.of(text(new SplittableRandom(2), SENTENCE)));
        List<Double> milliseconds = new ArrayList<>();
        for (int i = 0; i < sentences; i++) {
            long start = System.nanoTime();
            model.predict(one, task);
            milliseconds.add((System.nanoTime() - start) / 1e6);
        }
        return milliseconds;
    }

    private static String single(Polymath model) {
        return model.tasks().stream()
                .filter(task -> !task.pairs())
                .map(Task::name)
                .findFirst()
                .orElseThrow();
    }

    private static long tokens(Path path, List<Input> texts) {
        ModelFolder folder = ModelFolder.open(path);
        try (Tokenizer tokenizer = new Tokenizer(folder.tokenizer())) {
            return texts.stream()
                    .mapToLong(text -> tokenizer
                            .encode(text.text(), null, folder.maxTokens())
                            .length())
                    .sum();
        }
    }

    private List<Input> texts() {
        SplittableRandom random = new SplittableRandom(1);
        List<Input> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) texts.add(Input.of(text(random, 4 + random.nextInt(57))));
        return texts;
    }

    private static String text(SplittableRandom random, int words) {
        List<String> some = new ArrayList<>();
        for (int i = 0; i < words; i++) some.add(WORDS.get(random.nextInt(WORDS.size())));
        return String.join(" ", some);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
