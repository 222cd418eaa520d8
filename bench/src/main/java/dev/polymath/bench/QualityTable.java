package dev.polymath.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The results of {@link QualityBench} as a Markdown table: a row a task, a column a mode with mean and 95 % interval over
 * seeds (Student's t), beside a baseline.
 */
@Command(name = "table", description = "The results of 'quality' as a Markdown table.")
final class QualityTable implements Callable<Integer> {
    /** Student's t for a two-sided interval of 95 %, by degrees of freedom from 1. */
    private static final double[] T = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};

    private static final Pattern BASELINE_ROW =
            Pattern.compile("\\| (\\w+) \\| \\w+ \\| \\d+ \\| (\\w+) \\| ([0-9.]+) \\|");

    @Parameters(index = "0", paramLabel = "FILE.tsv")
    private Path results;

    @Option(names = "--baseline", required = true, paramLabel = "FILE.md", description = "The suite's BASELINE.md.")
    private Path baseline;

    @Override
    public Integer call() throws IOException {
        Map<String, Double> base = new LinkedHashMap<>();
        Map<String, String> metrics = new LinkedHashMap<>();
        for (String line : Files.readAllLines(baseline)) {
            Matcher row = BASELINE_ROW.matcher(line);
            if (!row.find()) continue;
            base.put(row.group(1), Double.parseDouble(row.group(3)));
            metrics.put(row.group(1), row.group(2));
        }
        // mode -> seed -> task -> value
        Map<String, Map<String, Map<String, Double>>> modes = new LinkedHashMap<>();
        for (String line : Files.readAllLines(results)) {
            String[] cells = line.split("\t");
            modes.computeIfAbsent(cells[0], mode -> new LinkedHashMap<>())
                    .computeIfAbsent(cells[1], seed -> new LinkedHashMap<>())
                    .put(cells[2], Double.parseDouble(cells[4]));
        }
        print(base, metrics, modes);
        return 0;
    }

    private static void print(
            Map<String, Double> base,
            Map<String, String> metrics,
            Map<String, Map<String, Map<String, Double>>> modes) {
        StringBuilder head = new StringBuilder("| task | metric | baseline |");
        StringBuilder rule = new StringBuilder("|---|---|---|");
        modes.forEach((mode, seeds) -> {
            head.append(
                    String.format(" %s (%d seed%s) | against it |", mode, seeds.size(), seeds.size() > 1 ? "s" : ""));
            rule.append("---|---|");
        });
        System.out.println(head);
        System.out.println(rule);
        Set<String> tasks = new LinkedHashSet<>(base.keySet());
        for (String task : tasks) {
            StringBuilder row = new StringBuilder(
                    String.format(Locale.ROOT, "| %s | %s | %.2f |", task, metrics.get(task), base.get(task)));
            modes.values()
                    .forEach(seeds -> cells(
                            row,
                            seeds.values().stream()
                                    .filter(values -> values.containsKey(task))
                                    .map(values -> values.get(task))
                                    .toList(),
                            base.get(task)));
            System.out.println(row);
        }
        double mean = base.values().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
        StringBuilder row =
                new StringBuilder(String.format(Locale.ROOT, "| **mean of %d** | | **%.2f** |", base.size(), mean));
        modes.values()
                .forEach(seeds -> cells(
                        row,
                        seeds.values().stream()
                                .filter(values -> values.keySet().containsAll(tasks))
                                .map(values -> values.values().stream()
                                        .mapToDouble(Double::doubleValue)
                                        .average()
                                        .orElseThrow())
                                .toList(),
                        mean));
        System.out.println(row);
    }

    private static void cells(StringBuilder row, List<Double> values, double base) {
        if (values.isEmpty()) {
            row.append(" | |");
            return;
        }
        List<Double> all = new ArrayList<>(values);
        double mean = all.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        String interval = "";
        int freedom = all.size() - 1;
        if (freedom > 0) {
            double squares = all.stream()
                    .mapToDouble(value -> (value - mean) * (value - mean))
                    .sum();
            double error = Math.sqrt(squares / freedom / all.size());
            interval = String.format(Locale.ROOT, " ± %.2f", T[Math.min(freedom, T.length) - 1] * error);
        }
        row.append(String.format(Locale.ROOT, " %.2f%s | %+.2f |", mean, interval, mean - base));
    }
}
