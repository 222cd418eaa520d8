package dev.polymath.bench;

import dev.polymath.project.Assignment;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.run.Polymath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * What one text costs that all tasks of a project are asked of, by ways in which they share the built-in backbone; all in
 * turns. Parts and heads are as they are drawn: what they compute takes as long as when they have learned.
 */
@Command(name = "sharing", description = "One text for all tasks of PROJECT, by ways of sharing.")
final class SharingBench implements Callable<Integer> {
    private static final String SENTENCE = "Where is the refund that I was promised three long weeks ago?";

    @Parameters(index = "0", paramLabel = "PROJECT")
    private Path project;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "sharing=PART", description = "The first to compare with.")
    private List<String> ways;

    @Option(names = "--rounds", defaultValue = "100")
    private int rounds;

    @Option(names = "--threads", defaultValue = "1")
    private int threads;

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("polymath-sharing-bench");
        Map<String, Polymath> models = new LinkedHashMap<>();
        try {
            for (String way : ways) {
                Project read = ProjectReader.read(project, List.of(Assignment.parse(way)));
                Path model = folder.resolve(Integer.toString(models.size()));
                List<String> tasks = List.copyOf(read.tasks().keySet());
                UntrainedModel.of(read.parts().sharing().of(tasks)).write(model, 256);
                models.put(way, Polymath.open(model, new Polymath.Settings(threads, 4096)));
            }
            print(measured(models));
        } finally {
            models.values().forEach(Polymath::close);
        }
        return 0;
    }

    private Map<String, double[]> measured(Map<String, Polymath> models) {
        Map<String, double[]> took = new LinkedHashMap<>();
        models.keySet().forEach(way -> took.put(way, new double[rounds]));
        for (int round = -10; round < rounds; round++) {
            for (Map.Entry<String, Polymath> way : models.entrySet()) {
                long start = System.nanoTime();
                way.getValue().predict(SENTENCE);
                if (round >= 0) took.get(way.getKey())[round] = (System.nanoTime() - start) / 1e6;
            }
        }
        return took;
    }

    private void print(Map<String, double[]> took) {
        System.out.println("| one text of 12 words for all tasks | median ms | to the first, median of the rounds |");
        System.out.println("|---|---|---|");
        double[] first = took.get(ways.get(0));
        took.forEach((way, all) -> {
            double[] ratios = new double[rounds];
            for (int i = 0; i < rounds; i++) ratios[i] = all[i] / first[i];
            System.out.printf(Locale.ROOT, "| `%s` | %.2f | %.2f |%n", way, median(all), median(ratios));
        });
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
