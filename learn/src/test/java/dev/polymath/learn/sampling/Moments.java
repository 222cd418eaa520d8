package dev.polymath.learn.sampling;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Moments of a run of three epochs over tasks that are named 0, 1, ... and whose rows have 10 tokens each. */
final class Moments {
    private Moments() {}

    /** The beginning. */
    static Sampler.Moment of(long... rows) {
        return at(0, rows);
    }

    static Sampler.Moment at(double progress, long... rows) {
        double[] lengths = new double[rows.length];
        Arrays.fill(lengths, 10);
        return new Sampler.Moment(names(rows), rows, lengths, progress, (int) (3 * progress), 3, List.of());
    }

    /** The beginning, of tasks of 100 rows of such a mean length. */
    static Sampler.Moment ofLengths(double... lengths) {
        long[] rows = new long[lengths.length];
        Arrays.fill(rows, 100);
        return new Sampler.Moment(names(rows), rows, lengths, 0, 0, 3, List.of());
    }

    /** After two epochs, the last with such scores. */
    static Sampler.Moment scored(Map<String, Double> scores, long... rows) {
        Sampler.Moment plain = at(2 / 3.0, rows);
        return new Sampler.Moment(
                plain.tasks(), rows, plain.lengths(), plain.progress(), 2, 3, List.of(Map.of("0", 0.1), scores));
    }

    private static List<String> names(long[] rows) {
        return IntStream.range(0, rows.length).mapToObj(String::valueOf).toList();
    }
}
