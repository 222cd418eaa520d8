package dev.polymath.learn.compare;

import dev.polymath.data.Example;
import dev.polymath.project.TaskData;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What the runs of a comparison come to: means over seeds, and tests against the first variant. */
final class Summarizer {
    /** Seed of the bootstrap's draws: the same runs give the same table. */
    private static final long DRAWS = 1;

    private final Comparison.Outcome outcome;
    private final PairedBootstrap bootstrap;

    Summarizer(Comparison.Outcome outcome) {
        this.outcome = outcome;
        this.bootstrap =
                new PairedBootstrap(PairedBootstrap.rounds(outcome.tasks().size()), DRAWS);
    }

    /** @param facts what else a reader needs, in order */
    Summary summary(Map<String, String> facts) {
        List<Summary.Row> rows = new ArrayList<>();
        Map<String, Resampled> first = null;
        for (Variant variant : outcome.variants()) {
            Map<String, Resampled> resampled = resampled(variant);
            rows.add(row(variant, resampled, first));
            if (first == null) first = resampled;
        }
        Map<String, String> all = new LinkedHashMap<>(facts);
        for (Comparison.Done done : outcome.runs()) {
            if (done.run().alone() == null || done.failure() == null) continue;
            all.put(done.run().name() + ", seed " + done.run().seed(), "failed: " + done.failure());
        }
        return new Summary(outcome.title(), metrics(), rows, outcome.seeds(), alone(), all);
    }

    private Summary.Row row(Variant variant, Map<String, Resampled> resampled, Map<String, Resampled> first) {
        Map<Long, RunResult> results = results(variant);
        Map<String, Interval> tasks = new LinkedHashMap<>();
        if (!results.isEmpty()) {
            for (String task : outcome.tasks().keySet()) {
                tasks.put(task, over(results, result -> result.tasks().get(task).primary()));
            }
        }
        Map<String, Difference> against = new LinkedHashMap<>();
        Difference mean = null;
        if (first != null) {
            resampled.forEach((task, mine) -> {
                if (first.containsKey(task)) against.put(task, bootstrap.compare(mine, first.get(task)));
            });
            boolean whole = against.size() == outcome.tasks().size();
            mean = whole
                    ? bootstrap.compare(Resampled.mean(resampled.values()), Resampled.mean(first.values()))
                    : new Difference(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }
        return new Summary.Row(
                variant.name(),
                tasks,
                over(results, RunResult::mean),
                against.isEmpty() ? Map.of() : Holm.adjust(against),
                mean,
                cost(results.values()),
                failures(variant),
                curves(results.values()),
                factors(results.values()));
    }

    private Interval over(Map<Long, RunResult> results, Function<RunResult, Double> value) {
        return Interval.of(results.values().stream().map(value).toList());
    }

    /** By task, of the runs that were measured on the first variant's test rows; none where there is no such run. */
    private Map<String, Resampled> resampled(Variant variant) {
        Map<String, Resampled> resampled = new LinkedHashMap<>();
        outcome.tasks().forEach((name, data) -> {
            String rows = RunKey.rows(data.test());
            Map<Long, ItemMetric> metrics = new LinkedHashMap<>();
            results(variant).forEach((seed, result) -> {
                RunResult.Measured measured = result.tasks().get(name);
                if (measured.rows().equals(rows)) metrics.put(seed, metric(data, measured));
            });
            if (!metrics.isEmpty()) {
                resampled.put(name, bootstrap.resample(name, data.test().size(), metrics));
            }
        });
        return resampled;
    }

    /** A run's primary metric on any of a task's test rows. */
    static ItemMetric metric(TaskData data, RunResult.Measured measured) {
        Task task = data.task();
        List<Example> examples = data.test();
        List<Answer> answers = measured.answers().answers();
        if (task.type().equals("classify")) {
            // Accuracy is the mean of the rows' own: a hundred times as fast, and most tasks are of this kind.
            double[] each = new double[answers.size()];
            for (int i = 0; i < each.length; i++) {
                each[i] = primary(task.metrics(List.of(examples.get(i)), List.of(answers.get(i))));
            }
            return items -> Arrays.stream(items)
                    .mapToDouble(item -> each[item])
                    .average()
                    .orElse(Double.NaN);
        }
        return items -> {
            List<Example> some = new ArrayList<>(items.length);
            List<Answer> theirs = new ArrayList<>(items.length);
            for (int item : items) {
                some.add(examples.get(item));
                theirs.add(answers.get(item));
            }
            return primary(task.metrics(some, theirs));
        };
    }

    private static double primary(Map<String, Double> metrics) {
        return metrics.values().iterator().next();
    }

    private Map<Long, RunResult> results(Variant variant) {
        Map<Long, RunResult> results = new LinkedHashMap<>();
        for (Comparison.Done done : outcome.runs()) {
            boolean its = done.run().alone() == null && done.run().variant().equals(variant);
            if (its && done.result() != null) results.put(done.run().seed(), done.result());
        }
        return results;
    }

    private List<String> failures(Variant variant) {
        return outcome.runs().stream()
                .filter(done ->
                        done.run().alone() == null && done.run().variant().equals(variant))
                .filter(done -> done.failure() != null)
                .map(done -> "seed " + done.run().seed() + ": " + done.failure())
                .toList();
    }

    /** Names of the primary metrics, by task, from any run. */
    private Map<String, String> metrics() {
        Map<String, String> names = new LinkedHashMap<>();
        outcome.tasks().keySet().forEach(task -> names.put(task, ""));
        for (Comparison.Done done : outcome.runs()) {
            if (done.result() == null) continue;
            done.result()
                    .tasks()
                    .forEach((task, measured) -> names.put(
                            task, measured.metrics().keySet().iterator().next()));
        }
        return names;
    }

    private Map<String, Interval> alone() {
        Map<String, Interval> alone = new LinkedHashMap<>();
        for (String task : outcome.tasks().keySet()) {
            List<Double> values = outcome.runs().stream()
                    .filter(done -> task.equals(done.run().alone()) && done.result() != null)
                    .map(done -> done.result().tasks().get(task).primary())
                    .toList();
            if (!values.isEmpty()) alone.put(task, Interval.of(values));
        }
        return alone;
    }

    private static Summary.Cost cost(Collection<RunResult> results) {
        return new Summary.Cost(
                mean(results, result -> result.cost().trained()),
                mean(results, result -> result.cost().seconds()),
                mean(results, result -> result.cost().tokensPerSecond()),
                mean(results, result -> result.cost().peakMiB()));
    }

    private static double mean(Collection<RunResult> results, ToDoubleFunction<RunResult> value) {
        return results.stream().mapToDouble(value).average().orElse(Double.NaN);
    }

    /** Means over the seeds that came to an epoch. */
    private Map<String, List<Double>> curves(Collection<RunResult> results) {
        Map<String, List<Double>> curves = new LinkedHashMap<>();
        for (String task : outcome.tasks().keySet()) {
            List<Double> curve = new ArrayList<>();
            for (int epoch = 0; ; epoch++) {
                int at = epoch;
                double[] values = results.stream()
                        .filter(result ->
                                result.dev().size() > at && result.dev().get(at).containsKey(task))
                        .mapToDouble(result -> result.dev().get(at).get(task))
                        .toArray();
                if (values.length == 0) break;
                curve.add(Arrays.stream(values).average().orElseThrow());
            }
            if (!curve.isEmpty()) curves.put(task, curve);
        }
        return curves;
    }

    /** Means over seeds, point by point: all runs have theirs at the same fiftieths. */
    private Map<String, List<Summary.Point>> factors(Collection<RunResult> results) {
        Map<String, List<Summary.Point>> factors = new LinkedHashMap<>();
        for (String task : outcome.tasks().keySet()) {
            Map<Double, List<Double>> values = new TreeMap<>();
            for (RunResult result : results) {
                for (Summary.Point point : result.factors().getOrDefault(task, List.of())) {
                    values.computeIfAbsent(point.progress(), progress -> new ArrayList<>())
                            .add(point.value());
                }
            }
            List<Summary.Point> curve = new ArrayList<>();
            values.forEach((progress, of) -> curve.add(new Summary.Point(
                    progress,
                    of.stream().mapToDouble(Double::doubleValue).average().orElseThrow())));
            if (!curve.isEmpty()) factors.put(task, curve);
        }
        return factors;
    }
}
