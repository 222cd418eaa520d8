package dev.polymath.learn.balance;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Eigenvalues and eigenvectors of a small symmetric matrix.
 *
 * @param values descending
 * @param vectors {@code vectors[i][k]} is element i of the unit vector of {@code values[k]}
 */
record SymmetricEigen(double[] values, double[][] vectors) {
    /** @throws IllegalArgumentException if a number is not finite */
    static SymmetricEigen of(double[][] matrix) {
        int size = matrix.length;
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(size, true, true);
        if (!eigen.decompose(new DMatrixRMaj(matrix))) {
            throw new IllegalArgumentException("no eigenvalues: " + Arrays.deepToString(matrix));
        }
        Integer[] order = IntStream.range(0, size).boxed().toArray(Integer[]::new);
        Arrays.sort(
                order, Comparator.comparingDouble(k -> -eigen.getEigenvalue(k).getReal()));
        double[] values = new double[size];
        double[][] vectors = new double[size][size];
        for (int k = 0; k < size; k++) {
            values[k] = eigen.getEigenvalue(order[k]).getReal();
            double[] vector = eigen.getEigenVector(order[k]).data;
            for (int i = 0; i < size; i++) vectors[i][k] = vector[i];
        }
        return new SymmetricEigen(values, vectors);
    }
}
