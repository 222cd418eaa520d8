package dev.polymath.learn.balance;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/** Arithmetic on Gram matrices, {@code [k, k]}: inner products of gradients. */
final class Gram {
    /** A gradient whose square is below this share of the largest's is none. */
    private static final double NOTHING = 1e-20;

    private Gram() {}

    /**
     * Factors from the tasks that have a gradient. A task without one pulls nowhere, and gets 1; so does one alone.
     *
     * @param solve makes the factors of inner products that are scaled so that their diagonal has the mean 1
     */
    static double[] factors(double[][] products, Function<double[][], double[]> solve) {
        int count = products.length;
        double[] factors = new double[count];
        Arrays.fill(factors, 1);
        double most =
                IntStream.range(0, count).mapToDouble(i -> products[i][i]).max().orElse(0);
        int[] some = IntStream.range(0, count)
                .filter(i -> products[i][i] > 0 && products[i][i] >= NOTHING * most)
                .toArray();
        if (some.length < 2) return factors;
        double mean = Arrays.stream(some)
                .mapToDouble(i -> products[i][i] / some.length)
                .sum();
        double[][] scaled = new double[some.length][some.length];
        for (int i = 0; i < some.length; i++) {
            for (int j = 0; j < some.length; j++) scaled[i][j] = products[some[i]][some[j]] / mean;
        }
        double[] solved = solve.apply(scaled);
        for (int i = 0; i < some.length; i++) factors[some[i]] = solved[i];
        return factors;
    }

    /** {@code products w}: each gradient's inner product with their combination by {@code w}. */
    static double[] times(double[][] products, double[] w) {
        return Arrays.stream(products).mapToDouble(row -> dot(row, w)).toArray();
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += a[i] * b[i];
        return sum;
    }

    /**
     * The solution x of {@code matrix x = right}, by Cholesky's decomposition.
     *
     * @param matrix symmetric, positive definite
     */
    static double[] solve(double[][] matrix, double[] right) {
        DMatrixRMaj solution = new DMatrixRMaj(right.length, 1);
        if (!CommonOps_DDRM.solveSPD(new DMatrixRMaj(matrix), DMatrixRMaj.wrap(right.length, 1, right), solution)) {
            throw new IllegalArgumentException("not positive definite: " + Arrays.deepToString(matrix));
        }
        return solution.data;
    }
}
