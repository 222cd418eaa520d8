package dev.polymath.bench;

import dev.polymath.run.Engine;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import dev.polymath.run.Polymath.Settings;
import dev.polymath.run.Precision;
import dev.polymath.run.Prediction;
import dev.polymath.task.Task;
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
 * A model on ONNX Runtime and on libtorch, in calls of several sizes. The two take turns in one process, call by call, so that
 * whatever else the machine does meets both; what is told is the median of the calls.
 */
@Command(name = "engines", description = "Tokens a second of both engines, by texts a call.")
final class EngineBench implements Callable<Integer> {
    private static final List<String> WORDS = List.of(
            "where", "is", "my", "parcel", "the", "refund", "has", "not", "come", "yet", "please", "help", "account");

    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL", defaultValue = "minilm")
    private Path model;

    @Option(names = "--calls", split = ",", defaultValue = "1,8,64", description = "Texts of a call.")
    private List<Integer> sizes;

    @Option(names = "--rounds", defaultValue = "40", description = "Calls of each size on each engine.")
    private int rounds;

    @Option(names = "--threads", defaultValue = "0", description = "0 for one a core.")
    private int threads;

    @Option(names = "--precision", defaultValue = "FP32", description = "Of libtorch: FP32, or BF16.")
    private Precision precision;

    @Override
    public Integer call() {
        Settings settings = new Settings(threads, Settings.DEFAULT.batchTokens(), Precision.FP32);
        try (Polymath onnx = Polymath.open(model, settings.with(Engine.Kind.ONNX));
                Polymath torch = Polymath.open(model, settings.with(precision).with(Engine.Kind.TORCH))) {
            System.out.println("| texts a call | onnx tokens/s | torch tokens/s | torch to onnx | quartiles of that |");
            System.out.println("|---|---|---|---|---|");
            for (int size : sizes) print(size, onnx, torch);
        }
        return 0;
    }

    private void print(int size, Polymath onnx, Polymath torch) {
        SplittableRandom random = new SplittableRandom(1);
        Map<Engine.Kind, List<Double>> rates = new EnumMap<>(Engine.Kind.class);
        List<Double> ratios = new ArrayList<>();
        for (int round = -5; round < rounds; round++) {
            List<Input> texts = texts(size, random);
            // Who goes first alternates: the one before may leave threads that still look for work.
            boolean first = round % 2 == 0;
            double before = first ? rate(onnx, texts) : rate(torch, texts);
            double after = first ? rate(torch, texts) : rate(onnx, texts);
            if (round < 0) continue;
            double ofOnnx = first ? before : after;
            double ofTorch = first ? after : before;
            rates.computeIfAbsent(Engine.Kind.ONNX, each -> new ArrayList<>()).add(ofOnnx);
            rates.computeIfAbsent(Engine.Kind.TORCH, each -> new ArrayList<>()).add(ofTorch);
            ratios.add(ofTorch / ofOnnx);
        }
        System.out.printf(
                Locale.ROOT,
                "| %d | %,.0f | %,.0f | %.2f | %.2f to %.2f |%n",
                size,
                at(rates.get(Engine.Kind.ONNX), 0.5),
                at(rates.get(Engine.Kind.TORCH), 0.5),
                at(ratios, 0.5),
                at(ratios, 0.25),
                at(ratios, 0.75));
    }

    /** Tokens a second of one call. */
    private static double rate(Polymath polymath, List<Input> texts) {
        String task = polymath.tasks().stream()
                .filter(each -> !each.pairs())
                .map(Task::name)
                .findFirst()
                .orElseThrow();
        long start = System.nanoTime();
        List<Prediction> answered = polymath.predict(texts, List.of(task));
        double seconds = (System.nanoTime() - start) / 1e9;
        return answered.stream().mapToInt(Prediction::tokens).sum() / seconds;
    }

    private static List<Input> texts(int count, SplittableRandom random) {
        List<Input> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> words = new ArrayList<>();
            for (int n = 4 + random.nextInt(57); n > 0; n--) words.add(WORDS.get(random.nextInt(WORDS.size())));
            texts.add(Input.of(String.join(" ", words)));
        }
        return texts;
    }

    private static double at(List<Double> values, double share) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get((int) (share * (sorted.size() - 1)));
    }
}
