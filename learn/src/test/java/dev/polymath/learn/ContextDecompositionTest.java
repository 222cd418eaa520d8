package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.model.Pretrained;
import dev.polymath.model.Projection;
import dev.polymath.sharing.Factors;
import dev.polymath.text.Encoding;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.NormOps_DDRM;
import org.ejml.dense.row.RandomMatrices_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContextDecompositionTest {
    @ParameterizedTest
    @CsvSource({"6, 6", "4, 9", "9, 4"})
    void allComponentsTogetherAreTheMap(int out, int in) {
        Array weight = random(out, in);
        ContextDecomposition all = ContextDecomposition.of(weight, moments(in, 5));
        DMatrixRMaj expected = matrix(weight);
        for (Factors factors : List.of(all.largest(Math.min(in, out)), all.smallest(Math.min(in, out)))) {
            DMatrixRMaj rest = difference(expected, product(factors));
            assertThat(NormOps_DDRM.normF(rest)).isLessThan(1e-6 * NormOps_DDRM.normF(expected));
        }
    }

    /** C = diag(1, 9), of mean diagonal 1 diag(0.2, 1.8), damped diag(0.21, 1.81); W C = diag(0.63, 1.81). */
    @Test
    void aSmallWeightOnALargeInputIsALargeComponent() {
        Array weight = Array.of(new float[] {3, 0, 0, 1}, 2, 2);
        ContextDecomposition all = ContextDecomposition.of(weight, new double[] {1, 0, 0, 9});
        assertThat(all.values()).containsExactly(new double[] {1.81, 0.63}, within(1e-12));
        assertThat(product(all.largest(1)).data).containsExactly(new double[] {0, 0, 0, 1}, within(1e-6));
        assertThat(product(all.smallest(1)).data).containsExactly(new double[] {3, 0, 0, 0}, within(1e-6));
    }

    @Test
    void whatComponentsDoOnTheContextIsTheirSingularValues() {
        double[] moments = moments(8, 5);
        DMatrixRMaj covariance = ContextDecomposition.damped(moments, 8);
        Array weight = random(6, 8);
        ContextDecomposition all = ContextDecomposition.of(weight, moments);
        double[] values = all.values();
        assertThat(on(covariance, product(all.smallest(2))))
                .isCloseTo(Math.hypot(values[4], values[5]), within(1e-5 * values[0]));
        assertThat(on(covariance, product(all.largest(2))))
                .isCloseTo(Math.hypot(values[0], values[1]), within(1e-5 * values[0]));
        // What leaves the map one of rank 4 and does not look at the context: its own least components.
        ContextDecomposition plain = ContextDecomposition.of(weight, CommonOps_DDRM.identity(8).data);
        assertThat(on(covariance, product(all.smallest(2))))
                .isLessThan(0.9 * on(covariance, product(plain.smallest(2))));
    }

    @Test
    void theUnitOfTheInputsChangesNothing() {
        Array weight = random(5, 7);
        double[] moments = moments(7, 20);
        double[] other = moments.clone();
        for (int i = 0; i < other.length; i++) other[i] *= 1e6;
        Factors one = ContextDecomposition.of(weight, moments).largest(3);
        Factors two = ContextDecomposition.of(weight, other).largest(3);
        assertThat(two.down().floats()).containsExactly(one.down().floats(), within(1e-5f));
        assertThat(two.up().floats()).containsExactly(one.up().floats(), within(1e-5f));
    }

    @Test
    void inputsThatAreAllZeroTellNothing() {
        Array weight = Array.of(new float[] {3, 0, 0, 1}, 2, 2);
        ContextDecomposition all = ContextDecomposition.of(weight, new double[4]);
        assertThat(product(all.largest(1)).data).containsExactly(new double[] {3, 0, 0, 0}, within(1e-6));
    }

    @Test
    void numbersThatAreNotFiniteAreRefused() {
        assertThatThrownBy(() -> ContextDecomposition.of(random(2, 2), new double[] {Double.NaN, 0, 0, 1}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Against peft; see tools/make_corda_fixture.py. */
    @Test
    void itBeginsWhereItBeginsInPeft() {
        JsonNode reference = Given.json("corda.json");
        Pretrained bert = Given.bert(0);
        Map<String, Projection> projections = new LinkedHashMap<>();
        bert.backbone().projections().forEach((site, projection) -> {
            if (reference.get("covariance_diagonals").has(module(projection))) projections.put(site, projection);
        });
        assertThat(projections).hasSize(4);
        List<String> texts = new ArrayList<>();
        reference.get("texts").forEach(text -> texts.add(text.textValue()));
        Map<String, double[]> moments;
        try (Tokenizer tokenizer = new Tokenizer(bert.tokenizer())) {
            List<Encoding> encodings = tokenizer.encodeAll(texts, 40);
            moments = ContextMoments.of(bert.backbone(), bert.weights(), projections, encodings, tokenizer.padId());
        }
        int rank = reference.get("rank").intValue();
        projections.forEach((site, projection) -> {
            double[] found = moments.get(site);
            JsonNode diagonal = reference.get("covariance_diagonals").get(module(projection));
            for (int i = 0; i < diagonal.size(); i++) {
                double expected = diagonal.get(i).doubleValue();
                assertThat(found[i * diagonal.size() + i]).as(site).isCloseTo(expected, within(1e-5 + 1e-5 * expected));
            }
            Array weight =
                    bert.weights().get(projection.weight()).rows((int) projection.from(), (int) projection.out());
            ContextDecomposition all = ContextDecomposition.of(weight, found);
            for (String method : List.of("ipm", "kpm")) {
                JsonNode factors = reference.get("methods").get(method).get(module(projection));
                DMatrixRMaj expected = new DMatrixRMaj((int) projection.out(), (int) projection.in());
                CommonOps_DDRM.mult(
                        reference.get("alpha").doubleValue() / rank,
                        matrix(factors.get("lora_B")),
                        matrix(factors.get("lora_A")),
                        expected);
                Factors ours = method.equals("ipm") ? all.largest(rank) : all.smallest(rank);
                double error = NormOps_DDRM.normF(difference(product(ours), expected)) / NormOps_DDRM.normF(expected);
                System.out.printf("%s %s: relative difference to peft %.1e%n", method, site, error);
                assertThat(error).as("%s %s", method, site).isLessThan(1e-3);
            }
        });
    }

    private static String module(Projection projection) {
        return projection.weight().substring(0, projection.weight().length() - ".weight".length());
    }

    private static DMatrixRMaj matrix(JsonNode rows) {
        DMatrixRMaj matrix = new DMatrixRMaj(rows.size(), rows.get(0).size());
        for (int row = 0; row < matrix.numRows; row++) {
            for (int column = 0; column < matrix.numCols; column++)
                matrix.set(row, column, rows.get(row).get(column).doubleValue());
        }
        return matrix;
    }

    private static DMatrixRMaj matrix(Array array) {
        DMatrixRMaj matrix = new DMatrixRMaj((int) array.shape()[0], (int) array.shape()[1]);
        float[] values = array.floats();
        for (int i = 0; i < values.length; i++) matrix.data[i] = values[i];
        return matrix;
    }

    /** As a map {@code [out, in]}. */
    private static DMatrixRMaj product(Factors factors) {
        DMatrixRMaj product = new DMatrixRMaj(
                (int) factors.up().shape()[1], (int) factors.down().shape()[0]);
        CommonOps_DDRM.multTransAB(matrix(factors.up()), matrix(factors.down()), product);
        return product;
    }

    private static DMatrixRMaj difference(DMatrixRMaj a, DMatrixRMaj b) {
        DMatrixRMaj difference = new DMatrixRMaj(a.numRows, a.numCols);
        CommonOps_DDRM.subtract(a, b, difference);
        return difference;
    }

    /** {@code |map C|}. */
    private static double on(DMatrixRMaj covariance, DMatrixRMaj map) {
        DMatrixRMaj product = new DMatrixRMaj(map.numRows, map.numCols);
        CommonOps_DDRM.mult(map, covariance, product);
        return NormOps_DDRM.normF(product);
    }

    private static Array random(int out, int in) {
        Random random = new Random(3);
        float[] values = new float[out * in];
        for (int i = 0; i < values.length; i++) values[i] = (float) random.nextGaussian();
        return Array.of(values, out, in);
    }

    /** Of so many inputs: fewer than {@code in} do not span the space. */
    private static double[] moments(int in, int count) {
        DMatrixRMaj inputs = RandomMatrices_DDRM.rectangle(count, in, -1, 2, new Random(4));
        DMatrixRMaj moments = new DMatrixRMaj(in, in);
        CommonOps_DDRM.multTransA(1.0 / count, inputs, inputs, moments);
        return moments.data;
    }
}
