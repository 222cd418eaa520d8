package dev.polymath.learn.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.commons.statistics.distribution.NormalDistribution;

/** Summaries of made-up comparisons, to look at and to test with. */
final class SampleSummary {
    private static final List<String> TASKS = List.of(
            "intent",
            "topics",
            "stars",
            "entities",
            "closeness",
            "same",
            "nli",
            "language",
            "urgency",
            "toxicity",
            "product",
            "faq");
    private static final List<String> METRICS = List.of("accuracy", "micro_f1", "qwk", "f1", "spearman", "mrr_10");
    private static final List<String> VARIANTS = List.of(
            "balance=equal",
            "balance=uncertainty",
            "balance=gradnorm",
            "balance=pcgrad",
            "balance=famo",
            "balance=dwa",
            "balance=nash, sharing=lora",
            "balance=imtl",
            "balance=cagrad",
            "balance=mgda");

    private SampleSummary() {}

    /** @param failing whether a run of the last variant fails, and it lacks the last task */
    static Summary of(int tasks, int variants, int seeds, boolean failing) {
        Random random = new Random(5);
        Map<String, String> metrics = new LinkedHashMap<>();
        Map<String, Interval> alone = new LinkedHashMap<>();
        double[] levels = new double[tasks];
        for (int task = 0; task < tasks; task++) {
            metrics.put(TASKS.get(task), METRICS.get(task % METRICS.size()));
            levels[task] = 0.62 + 0.33 * random.nextDouble();
            alone.put(TASKS.get(task), interval(random, levels[task] + 0.01 * random.nextGaussian(), seeds));
        }
        List<Summary.Row> rows = new ArrayList<>();
        for (int variant = 0; variant < variants; variant++) {
            double gain = variant == 0 ? 0 : 0.012 * random.nextGaussian();
            rows.add(row(random, variant, gain, levels, seeds, failing && variant == variants - 1));
        }
        List<Long> seedList = LongStream.rangeClosed(13, 12 + seeds).boxed().toList();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("command", "polymath compare project.yaml --vary balance=equal,uncertainty,gradnorm --seeds 3");
        facts.put("date", "2025-03-14");
        facts.put("machine", "2 cores, 23 GiB, Linux");
        return new Summary("support-desk", metrics, rows, seedList, alone, facts);
    }

    private static Summary.Row row(
            Random random, int variant, double gain, double[] levels, int seeds, boolean failing) {
        Map<String, Interval> tasks = new LinkedHashMap<>();
        Map<String, Difference> against = new LinkedHashMap<>();
        Map<String, List<Double>> curves = new LinkedHashMap<>();
        Map<String, List<Summary.Point>> factors = new LinkedHashMap<>();
        double sum = 0;
        double moved = 0;
        for (int task = 0; task < levels.length; task++) {
            String name = TASKS.get(task);
            double shift = variant == 0 ? 0 : gain + 0.012 * random.nextGaussian();
            double level = levels[task] + shift;
            sum += level / levels.length;
            moved += shift / levels.length;
            if (!failing || task < levels.length - 1) tasks.put(name, interval(random, level, seeds));
            if (variant > 0) against.put(name, difference(shift, 0.011));
            curves.put(name, curve(random, level));
            if (variant % 3 > 0) factors.put(name, factor(random));
        }
        Difference mean = variant == 0 ? null : difference(moved, 0.005);
        List<String> failures = failing ? List.of("seed 14: the loss is NaN at step 211 of task intent") : List.of();
        Summary.Cost cost = new Summary.Cost(
                variant == 6 ? 1_182_720 : 22_713_216 + 3.0 * variant,
                171.3 + 40 * variant,
                8412.4 - 610 * variant,
                1734 + 96 * variant);
        return new Summary.Row(
                VARIANTS.get(variant),
                tasks,
                interval(random, sum, seeds),
                against,
                mean,
                cost,
                failures,
                curves,
                factors);
    }

    private static Interval interval(Random random, double mean, int seeds) {
        List<Double> values = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) values.add(mean + 0.004 * random.nextGaussian());
        return Interval.of(values);
    }

    private static Difference difference(double mean, double error) {
        double beyond = NormalDistribution.of(0, 1).survivalProbability(Math.abs(mean / error));
        double p = Math.max(0.002, 2 * beyond);
        return new Difference(mean, mean - 1.96 * error, mean + 1.96 * error, p, Math.min(1, 2 * p));
    }

    private static List<Double> curve(Random random, double level) {
        List<Double> values = new ArrayList<>();
        for (int epoch = 1; epoch <= 6; epoch++) {
            values.add(level + 0.01 - 0.35 * Math.exp(-0.8 * epoch) + 0.005 * random.nextGaussian());
        }
        return values;
    }

    private static List<Summary.Point> factor(Random random) {
        double end = Math.exp(0.5 * random.nextGaussian());
        List<Summary.Point> points = new ArrayList<>();
        for (int i = 0; i <= 40; i++) {
            double share = i / 40.0;
            points.add(new Summary.Point(
                    share, 1 + (end - 1) * (1 - Math.exp(-4 * share)) + 0.02 * random.nextGaussian()));
        }
        return points;
    }
}
