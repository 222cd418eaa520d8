package dev.polymath.learn.balance;

import java.util.Arrays;
import java.util.List;

/**
 * Tasks count by how much of what their features tell of their labels lies in directions that tasks share. For task i
 * with features {@code X_i [rows, width]} and targets {@code Y_i [rows, outputs]},
 *
 * <pre>
 *   theta_i = X_i^T Y_i / rows       U = the first singular vectors of [theta_1 ... theta_k]
 *   a_i = |theta_i^T U|              scaled to a mean of 1 over the tasks, and fixed
 * </pre>
 *
 * Wu, Zhang and Ré 2020, <i>Understanding and Improving Information Transfer in Multi-Task Learning</i>,
 * arXiv:2005.00944, algorithm 2. The features are means of the pre-trained backbone's last states; their own mean is
 * taken off, since else the direction that all of them share would be the first, whatever the labels. A task whose
 * labels those directions tell nothing of gets a factor near 0: a rank of at least the number of outputs in all keeps
 * every direction.
 */
public final class CovarianceBalancer implements LossBalancer {
    private final Setting setting;
    private final int rank;
    private double[] factors;

    /** @param rank number of singular vectors, 1 or more; default 4 */
    public CovarianceBalancer(Setting setting, int rank) {
        if (rank < 1) throw new IllegalArgumentException("a rank of " + rank);
        this.setting = setting;
        this.rank = rank;
    }

    @Override
    public double[] factors(Step step, List<TaskLoss> losses) {
        return losses.stream().mapToDouble(loss -> state()[loss.task()]).toArray();
    }

    @Override
    public double[] state() {
        if (factors == null) factors = factors();
        return factors.clone();
    }

    @Override
    public void restore(double[] state) {
        factors = state.clone();
    }

    /**
     * With the singular values {@code s} and right singular vectors {@code V} of all thetas side by side, {@code
     * theta_i^T U} is {@code V s} in the rows of task i: so the small matrix of inner products is all that is needed.
     */
    private double[] factors() {
        int tasks = setting.tasks().size();
        double[][][] thetas = new double[tasks][][];
        for (int task = 0; task < tasks; task++)
            thetas[task] = theta(setting.probe().apply(task));
        double[][] all = Arrays.stream(thetas).flatMap(Arrays::stream).toArray(double[][]::new);
        SymmetricEigen eigen = SymmetricEigen.of(products(all));
        double[] norms = new double[tasks];
        int row = 0;
        for (int task = 0; task < tasks; task++) {
            double squares = 0;
            for (int column = 0; column < thetas[task].length; column++, row++) {
                for (int i = 0; i < Math.min(rank, all.length); i++) {
                    squares += Math.pow(eigen.vectors()[row][i], 2) * Math.max(0, eigen.values()[i]);
                }
            }
            norms[task] = Math.sqrt(squares);
        }
        double mean = Arrays.stream(norms).average().orElse(1);
        return Arrays.stream(norms).map(norm -> mean > 0 ? norm / mean : 1).toArray();
    }

    /** The covariance of features and targets, {@code [outputs, width]}. */
    private static double[][] theta(Probe probe) {
        int rows = probe.features().length;
        double[] mean = new double[probe.features()[0].length];
        for (double[] row : probe.features()) for (int i = 0; i < mean.length; i++) mean[i] += row[i] / rows;
        double[][] theta = new double[probe.targets()[0].length][mean.length];
        for (int row = 0; row < rows; row++) {
            for (int output = 0; output < theta.length; output++) {
                double target = probe.targets()[row][output] / rows;
                if (target == 0) continue;
                for (int i = 0; i < mean.length; i++) theta[output][i] += target * (probe.features()[row][i] - mean[i]);
            }
        }
        return theta;
    }

    private static double[][] products(double[][] vectors) {
        double[][] products = new double[vectors.length][vectors.length];
        for (int i = 0; i < vectors.length; i++) {
            for (int j = 0; j <= i; j++) {
                double product = 0;
                for (int at = 0; at < vectors[i].length; at++) product += vectors[i][at] * vectors[j][at];
                products[i][j] = product;
                products[j][i] = product;
            }
        }
        return products;
    }
}
