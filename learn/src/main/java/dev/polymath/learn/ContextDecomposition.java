package dev.polymath.learn;

import dev.polymath.sharing.Factors;
import dev.polymath.weights.Array;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.MatrixFeatures_DDRM;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * A linear map {@code W [out, in]} as a sum of {@code min(in, out)} matrices of rank one, ordered by how much they do on
 * inputs of a covariance {@code C [in, in]}:
 *
 * <pre>
 *   W C = U S V^T       W = U S V^T C^-1 = sum_k s[k] u[k] (C^-1 v[k])^T
 * </pre>
 *
 * Without the components of a set {@code K}, {@code |(W - W') C|} is the root of the sum of {@code s[k]^2} over {@code K}; no other
 * matrix of their rank can be taken away with less. {@code C} is the mean of {@code x x^T}, scaled to a mean diagonal of 1,
 * which changes no component but makes the sizes of its factors independent of the input's unit, plus {@value #DAMPING} times the
 * identity as in peft, so that it can be inverted whatever the inputs. In double precision. Yang et al. 2024,
 * arXiv:2406.05223, section 3.2.
 */
final class ContextDecomposition {
    /** With it no eigenvalue of {@code C} is below a share of 1 / (100 in + 1) of the largest. */
    static final double DAMPING = 0.01;

    private final DMatrixRMaj left;
    private final double[] values;
    private final DMatrixRMaj right;
    private final LinearSolverDense<DMatrixRMaj> covariance;

    private ContextDecomposition(
            DMatrixRMaj left, double[] values, DMatrixRMaj right, LinearSolverDense<DMatrixRMaj> covariance) {
        this.left = left;
        this.values = values;
        this.right = right;
        this.covariance = covariance;
    }

    /**
     * Decomposes a map.
     *
     * @param weight {@code [out, in]}
     * @param moments the mean of {@code x x^T} over inputs, {@code [in, in]} row by row
     * @throws IllegalArgumentException if a number is not finite
     */
    static ContextDecomposition of(Array weight, double[] moments) {
        int out = (int) weight.shape()[0];
        int in = (int) weight.shape()[1];
        DMatrixRMaj covariance = damped(moments, in);
        float[] values = weight.floats();
        DMatrixRMaj map = new DMatrixRMaj(out, in);
        for (int i = 0; i < values.length; i++) map.data[i] = values[i];
        DMatrixRMaj product = new DMatrixRMaj(out, in);
        CommonOps_DDRM.mult(map, covariance, product);
        SingularValueDecomposition_F64<DMatrixRMaj> svd = DecompositionFactory_DDRM.svd(out, in, true, true, true);
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(in);
        // Both overwrite what they are given.
        if (MatrixFeatures_DDRM.hasUncountable(product) || !svd.decompose(product) || !solver.setA(covariance)) {
            throw new IllegalArgumentException("a map or a covariance that cannot be decomposed");
        }
        DMatrixRMaj left = svd.getU(null, false);
        DMatrixRMaj right = svd.getV(null, false);
        double[] singular = svd.getSingularValues();
        int count = Math.min(in, out);
        SingularOps_DDRM.descendingOrder(left, false, singular, count, right, false);
        return new ContextDecomposition(left, singular, right, solver);
    }

    /** {@code C [in, in]}, as the decomposition takes it. */
    static DMatrixRMaj damped(double[] moments, int in) {
        double trace = 0;
        for (int i = 0; i < in; i++) trace += moments[i * in + i];
        // Of inputs that are all 0 nothing tells more than of others: the identity.
        double factor = trace == 0 ? 0 : in / trace;
        DMatrixRMaj damped = new DMatrixRMaj(in, in);
        for (int i = 0; i < moments.length; i++) damped.data[i] = factor * moments[i];
        for (int i = 0; i < in; i++) damped.data[i * in + i] += DAMPING;
        return damped;
    }

    /** {@code s}, descending. */
    double[] values() {
        return values.clone();
    }

    /** The sum of the components that do the most, its factors of equal parts of {@code s}. */
    Factors largest(int rank) {
        return factors(0, rank);
    }

    /** The sum of the components that do the least. */
    Factors smallest(int rank) {
        return factors(values.length - rank, rank);
    }

    /** {@code down = C^-1 V sqrt(S)}, {@code up = (U sqrt(S))^T}, of some columns. */
    private Factors factors(int from, int rank) {
        DMatrixRMaj columns = CommonOps_DDRM.extract(right, 0, right.numRows, from, from + rank);
        DMatrixRMaj solved = new DMatrixRMaj(right.numRows, rank);
        covariance.solve(columns, solved);
        float[] down = new float[right.numRows * rank];
        float[] up = new float[rank * left.numRows];
        for (int k = 0; k < rank; k++) {
            double root = Math.sqrt(values[from + k]);
            for (int i = 0; i < right.numRows; i++) down[i * rank + k] = (float) (root * solved.get(i, k));
            for (int o = 0; o < left.numRows; o++) up[k * left.numRows + o] = (float) (root * left.get(o, from + k));
        }
        return new Factors(Array.of(down, right.numRows, rank), Array.of(up, rank, left.numRows));
    }
}
