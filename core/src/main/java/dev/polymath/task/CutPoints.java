package dev.polymath.task;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Cut points that turn an ordinal task's expected level into a level, fitted on held-out rows: coordinate ascent on
 * quadratic weighted kappa from the cuts {@code 1.5, 2.5, ...}.
 */
final class CutPoints {
    /** Places where a cut may stand, at quantiles of the values: more would fit the noise of the held-out rows. */
    private static final int CANDIDATES = 100;

    private static final int ROUNDS = 20;

    /** What another cut must gain in kappa: a place among equals is not worth leaving for. */
    private static final double GAIN = 1e-9;

    private CutPoints() {}

    /**
     * The cuts, ascending: a value of at least {@code cuts[k]} is over level {@code k}.
     *
     * @param values expected levels, the first level being 1
     * @param levels the true levels, from 0
     * @param count the number of levels
     */
    static List<Double> best(List<Double> values, List<Integer> levels, int count) {
        double[] places = places(values, count);
        int[][] over = histogram(values, levels, count, places);
        int[] cuts = new int[count - 1];
        for (int k = 0; k < cuts.length; k++) cuts[k] = place(places, k + 1.5);
        double best = kappa(over, cuts, count);
        for (int round = 0; round < ROUNDS; round++) {
            double before = best;
            for (int k = 0; k < cuts.length; k++) best = improve(over, cuts, k, places.length, count, best);
            if (best <= before) break;
        }
        List<Double> result = new ArrayList<>();
        for (int cut : cuts) result.add(places[cut]);
        return result;
    }

    /** Halfway between values that follow each other at quantiles, and the cuts to begin with. */
    private static double[] places(List<Double> values, int count) {
        List<Double> sorted = values.stream().sorted().toList();
        TreeSet<Double> places = new TreeSet<>();
        for (int k = 1; k < count; k++) places.add(k + 0.5);
        for (int i = 1; i < CANDIDATES; i++) {
            int at = (int) ((long) i * sorted.size() / CANDIDATES);
            if (at > 0) places.add((sorted.get(at - 1) + sorted.get(at)) / 2);
        }
        return places.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static int place(double[] places, double value) {
        for (int i = 0; i < places.length; i++) if (places[i] == value) return i;
        throw new IllegalStateException("no place at " + value);
    }

    /** {@code over[i][level]}: rows of the level whose value is at least {@code places[i]}; one more row for all. */
    private static int[][] histogram(List<Double> values, List<Integer> levels, int count, double[] places) {
        int[][] over = new int[places.length + 1][count];
        for (int row = 0; row < values.size(); row++) {
            for (int i = 0; i < places.length && values.get(row) >= places[i]; i++) over[i][levels.get(row)]++;
            over[places.length][levels.get(row)]++;
        }
        return over;
    }

    private static double improve(int[][] over, int[] cuts, int k, int places, int count, double best) {
        int from = k == 0 ? 0 : cuts[k - 1];
        int to = k == cuts.length - 1 ? places - 1 : cuts[k + 1];
        int chosen = cuts[k];
        for (int place = from; place <= to; place++) {
            cuts[k] = place;
            double kappa = kappa(over, cuts, count);
            if (kappa > best + GAIN) {
                best = kappa;
                chosen = place;
            }
        }
        cuts[k] = chosen;
        return best;
    }

    private static double kappa(int[][] over, int[] cuts, int count) {
        double[][] confusion = new double[count][count];
        int[] all = over[over.length - 1];
        for (int gold = 0; gold < count; gold++) {
            for (int level = 0; level < count; level++) {
                int atLeast = level == 0 ? all[gold] : over[cuts[level - 1]][gold];
                int above = level == count - 1 ? 0 : over[cuts[level]][gold];
                confusion[gold][level] = atLeast - above;
            }
        }
        return Agreement.quadraticKappa(confusion);
    }
}
