package dev.polymath.learn.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SymmetricEigenTest {
    @Test
    void aMatrixByHand() {
        // (2 1; 1 2) has 3 along (1, 1) and 1 along (1, -1).
        SymmetricEigen eigen = SymmetricEigen.of(new double[][] {{2, 1}, {1, 2}});
        assertThat(eigen.values()).containsExactly(new double[] {3, 1}, within(1e-12));
        assertThat(eigen.vectors()[0][0]).isCloseTo(eigen.vectors()[1][0], within(1e-12));
        assertThat(eigen.vectors()[0][1]).isCloseTo(-eigen.vectors()[1][1], within(1e-12));
        assertThat(Math.abs(eigen.vectors()[0][0])).isCloseTo(Math.sqrt(0.5), within(1e-12));
    }

    @Property(tries = 40)
    void vectorsAreOrthonormalAndMakeUpTheMatrix(@ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int size) {
        Random random = new Random(seed);
        double[][] matrix = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                matrix[i][j] = random.nextGaussian();
                matrix[j][i] = matrix[i][j];
            }
        }
        SymmetricEigen eigen = SymmetricEigen.of(matrix);
        double[][] v = eigen.vectors();
        for (int i = 0; i < size; i++) {
            if (i > 0) assertThat(eigen.values()[i]).isLessThanOrEqualTo(eigen.values()[i - 1]);
            for (int j = 0; j < size; j++) {
                double made = 0;
                double product = 0;
                for (int k = 0; k < size; k++) {
                    made += v[i][k] * eigen.values()[k] * v[j][k];
                    product += v[k][i] * v[k][j];
                }
                assertThat(made).isCloseTo(matrix[i][j], within(1e-9));
                assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-9));
            }
        }
    }
}
