package dev.polymath.learn.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Holm's step-down correction of p-values of tests made together: the chance that any of them is significant though
 * nothing is there stays below the level, whatever their dependence (Holm 1979, A Simple Sequentially Rejective
 * Multiple Test Procedure).
 */
public final class Holm {
    private Holm() {}

    /**
     * Adjusted p-values: with {@code p} sorted upwards, {@code max over j <= i of min(1, (m - j + 1) p_j)}.
     *
     * @param p of the tests; NaN for one that could not be made, which stays NaN and is not counted
     * @return in the order given
     */
    public static double[] adjust(double[] p) {
        int[] order = IntStream.range(0, p.length)
                .filter(test -> !Double.isNaN(p[test]))
                .boxed()
                .sorted((a, b) -> Double.compare(p[a], p[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] adjusted = new double[p.length];
        Arrays.fill(adjusted, Double.NaN);
        double highest = 0;
        for (int place = 0; place < order.length; place++) {
            highest = Math.max(highest, Math.min(1, (order.length - place) * p[order[place]]));
            adjusted[order[place]] = highest;
        }
        return adjusted;
    }

    /** The differences with their {@code adjusted} set, as tests made together. */
    public static Map<String, Difference> adjust(Map<String, Difference> differences) {
        List<Map.Entry<String, Difference>> tests = new ArrayList<>(differences.entrySet());
        double[] adjusted =
                adjust(tests.stream().mapToDouble(test -> test.getValue().p()).toArray());
        Map<String, Difference> result = new LinkedHashMap<>();
        for (int test = 0; test < adjusted.length; test++) {
            Difference each = tests.get(test).getValue();
            result.put(
                    tests.get(test).getKey(),
                    new Difference(each.mean(), each.low(), each.high(), each.p(), adjusted[test]));
        }
        return result;
    }
}
