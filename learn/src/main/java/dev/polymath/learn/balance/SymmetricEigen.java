package dev.polymath.learn.balance;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations (Golub and Van Loan, <i>Matrix
 * Computations</i>, 8.5).
 *
 * @param values from the largest
 * @param vectors {@code [n, n]}: column i belongs to value i
 */
record SymmetricEigen(double[] values, double[][] vectors) {
    /** It converges quadratically: some ten sweeps make what is off the diagonal vanish. */
    private static final int MOST_SWEEPS = 60;
    /** Share of the whole that what is off the diagonal may have. */
    private static final double TOLERANCE = 1e-22;

    static SymmetricEigen of(double[][] matrix) {
        int n = matrix.length;
        double[][] a = new double[n][];
        double[][] v = new double[n][n];
        double whole = 0;
        for (int i = 0; i < n; i++) {
            a[i] = matrix[i].clone();
            v[i][i] = 1;
            for (double each : a[i]) whole += each * each;
        }
        for (int sweep = 0; sweep < MOST_SWEEPS && off(a) > TOLERANCE * whole; sweep++) {
            for (int p = 0; p < n; p++) for (int q = p + 1; q < n; q++) if (a[p][q] != 0) rotate(a, v, p, q);
        }
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -a[i][i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] values = new double[n];
        double[][] vectors = new double[n][n];
        for (int i = 0; i < n; i++) {
            values[i] = a[order[i]][order[i]];
            for (int row = 0; row < n; row++) vectors[row][i] = v[row][order[i]];
        }
        return new SymmetricEigen(values, vectors);
    }

    private static double off(double[][] a) {
        double squares = 0;
        for (int i = 0; i < a.length; i++) for (int j = 0; j < a.length; j++) if (i != j) squares += a[i][j] * a[i][j];
        return squares;
    }

    /** Turns in the plane of p and q so that their element becomes 0. */
    private static void rotate(double[][] a, double[][] v, int p, int q) {
        double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        double t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        double c = 1 / Math.hypot(t, 1);
        double s = t * c;
        for (int i = 0; i < a.length; i++) {
            turn(a[i], p, q, c, s);
            turn(v[i], p, q, c, s);
        }
        for (int i = 0; i < a.length; i++) {
            double x = a[p][i];
            double y = a[q][i];
            a[p][i] = c * x - s * y;
            a[q][i] = s * x + c * y;
        }
        a[p][q] = 0;
        a[q][p] = 0;
    }

    private static void turn(double[] row, int p, int q, double c, double s) {
        double x = row[p];
        double y = row[q];
        row[p] = c * x - s * y;
        row[q] = s * x + c * y;
    }
}
