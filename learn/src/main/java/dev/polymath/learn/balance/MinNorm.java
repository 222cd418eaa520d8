package dev.polymath.learn.balance;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The point of the convex hull of k vectors that is nearest to the origin, from their inner products. Wolfe 1976, Finding
 * the nearest point in a polytope: it solves on ever other subsets of the vectors, exactly, and ends after finitely many.
 */
final class MinNorm {
    /** Makes equal vectors count the same and every subset solvable. */
    private static final double RIDGE = 1e-9;

    private static final double FLOOR = 1e-15;
    private static final double TINY = 1e-12;

    private final double[][] products;
    private final double[] weights;
    private final boolean[] within;
    private double square = Double.POSITIVE_INFINITY;

    private MinNorm(double[][] given) {
        int count = given.length;
        double most =
                IntStream.range(0, count).mapToDouble(i -> given[i][i]).max().orElse(0);
        products = new double[count][];
        int nearest = 0;
        for (int i = 0; i < count; i++) {
            products[i] = given[i].clone();
            products[i][i] = Math.max(0, given[i][i]) * (1 + RIDGE) + FLOOR * most;
            if (products[i][i] < products[nearest][nearest]) nearest = i;
        }
        weights = new double[count];
        within = new boolean[count];
        weights[nearest] = 1;
        within[nearest] = true;
    }

    /**
     * @param products {@code [k, k]}, positive semi-definite, not all 0
     * @return the point's k weights, 0 or more, of sum 1
     */
    static double[] weights(double[][] products) {
        MinNorm point = new MinNorm(products);
        while (point.nearer()) {}
        return point.weights;
    }

    /** Takes in the vector that lies furthest on the origin's side of the point; false if none does. */
    private boolean nearer() {
        double[] along = Gram.times(products, weights);
        double before = square;
        square = Gram.dot(weights, along);
        // Each point is nearer than the one before; if not, what is left is rounding.
        if (square >= before) return false;
        int least = 0;
        for (int i = 1; i < along.length; i++) if (along[i] < along[least]) least = i;
        if (within[least] || along[least] >= square * (1 - TINY)) return false;
        within[least] = true;
        while (!toNearestOfPlane()) {}
        return true;
    }

    /** Goes to the nearest point of the plane through the vectors within; only to the hull's edge if it lies outside. */
    private boolean toNearestOfPlane() {
        int[] some = IntStream.range(0, within.length).filter(i -> within[i]).toArray();
        double[] plane = plane(some);
        double part = 1;
        int first = -1;
        for (int i = 0; i < some.length; i++) {
            if (plane[i] > TINY) continue;
            double to = weights[some[i]] / Math.max(weights[some[i]] - plane[i], TINY * TINY);
            if (first >= 0 && to >= part) continue;
            part = Math.min(1, to);
            first = some[i];
        }
        for (int i = 0; i < some.length; i++) weights[some[i]] += part * (plane[i] - weights[some[i]]);
        if (first < 0) return true;
        weights[first] = 0;
        within[first] = false;
        return false;
    }

    private double[] plane(int[] some) {
        double[][] part = new double[some.length][some.length];
        for (int i = 0; i < some.length; i++) {
            for (int j = 0; j < some.length; j++) part[i][j] = products[some[i]][some[j]];
        }
        double[] ones = new double[some.length];
        Arrays.fill(ones, 1);
        double[] solved = Gram.solve(part, ones);
        double sum = Arrays.stream(solved).sum();
        return Arrays.stream(solved).map(each -> each / sum).toArray();
    }
}
