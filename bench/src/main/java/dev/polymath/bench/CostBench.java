package dev.polymath.bench;

import dev.polymath.learn.Trainer;
import dev.polymath.learn.TrainingStopped;
import dev.polymath.learn.compare.PeakMemory;
import dev.polymath.project.Assignment;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What parts cost in training time and memory, beside plain training in the same process: in each round every part takes
 * the same steps once, so that a busy machine slows all alike.
 */
@Command(name = "cost", description = "Time and memory of training with each of some parts, beside plain training.")
final class CostBench implements Callable<Integer> {
    /** Steps before the clock starts. */
    private static final int WARM_UP = 3;

    @Parameters(index = "0", paramLabel = "PROJECT")
    private Path project;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "KEY=PART", description = "Such as balance=pcgrad.")
    private List<String> parts;

    @Option(names = "--rounds", defaultValue = "3")
    private int rounds;

    @Option(names = "--steps", defaultValue = "12", description = "Steps of each part and round.")
    private int steps;

    /**
     * What some steps took.
     *
     * @param tokensPerSecond real tokens, padding not counted
     * @param peakMiB largest resident memory
     */
    private record Measured(double tokensPerSecond, double peakMiB) {}

    @Override
    public Integer call() {
        Dataset dataset = Dataset.load(ProjectReader.read(project, List.of()));
        Map<String, List<Measured>> all = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            List<Measured> plain = all.computeIfAbsent("plain", name -> new ArrayList<>());
            plain.add(measured(dataset, List.of()));
            for (String part : parts) {
                all.computeIfAbsent(part, name -> new ArrayList<>())
                        .add(measured(dataset, List.of(Assignment.parse(part))));
            }
        }
        List<Measured> plain = all.get("plain");
        System.out.println("| part | time, ratio to plain | least to most | peak memory, ratio to plain |");
        System.out.println("|---|---|---|---|");
        all.forEach((part, runs) -> print(part, runs, plain));
        return 0;
    }

    private static void print(String part, List<Measured> runs, List<Measured> plain) {
        double[] ratios = new double[runs.size()];
        double memory = 0;
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = plain.get(i).tokensPerSecond / runs.get(i).tokensPerSecond;
            memory += runs.get(i).peakMiB / plain.get(i).peakMiB / ratios.length;
        }
        Arrays.sort(ratios);
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.2f to %.2f | %.2f |%n",
                part,
                Arrays.stream(ratios).average().orElseThrow(),
                ratios[0],
                ratios[ratios.length - 1],
                memory);
    }

    private Measured measured(Dataset dataset, List<Assignment> set) {
        Project read = ProjectReader.read(project, set);
        Clock clock = new Clock(WARM_UP);
        PeakMemory peak = new PeakMemory();
        try {
            Trainer.of(read, dataset).train(null, false, clock, () -> clock.step() >= steps + WARM_UP);
            throw new IllegalStateException("the project has fewer than " + (steps + WARM_UP) + " steps");
        } catch (TrainingStopped enough) {
            return new Measured(clock.rate(), peak.mebibytes());
        }
    }
}
