package dev.polymath.learn.compare;

import java.util.Collection;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What a comparison found, in the forms that users read. */
public final class ComparisonReport {
    private ComparisonReport() {}

    /** @param facts what else a reader needs, in order */
    public static Summary summary(Comparison.Outcome outcome, Map<String, String> facts) {
        return new Summarizer<>(outcome, new MeansOnly()).summary(facts);
    }

    /** The table for a terminal. */
    public static String text(Summary summary) {
        return markdown(summary);
    }

    /** The table in Markdown. */
    public static String markdown(Summary summary) {
        StringBuilder text = new StringBuilder();
        for (Summary.Row row : summary.variants()) {
            text.append(row.name()).append(' ').append(row.mean().mean()).append('\n');
        }
        return text.toString();
    }

    /** The page. */
    public static String page(Summary summary) {
        return "<pre>" + markdown(summary) + "</pre>";
    }

    /** SEAM: PairedBootstrap, Holm and Interval.of take its place; ComparisonText and ComparisonPage the three above. */
    private static final class MeansOnly implements Statistics<Double> {
        @Override
        public Interval interval(Collection<Double> values) {
            double mean =
                    values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
            return new Interval(mean, Double.NaN, Double.NaN, values.size());
        }

        @Override
        public Double resample(String task, int items, Map<Long, ToDoubleFunction<int[]>> metrics) {
            return Double.NaN;
        }

        @Override
        public Double mean(Collection<Double> tasks) {
            return Double.NaN;
        }

        @Override
        public Difference compare(Double variant, Double other) {
            return new Difference(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }

        @Override
        public Map<String, Difference> adjust(Map<String, Difference> differences) {
            return differences;
        }
    }
}
