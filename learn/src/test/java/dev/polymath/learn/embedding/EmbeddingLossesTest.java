package dev.polymath.learn.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.embedding.EmbeddingLoss;
import dev.polymath.embedding.EmbeddingLosses;
import dev.polymath.embedding.Matryoshka;
import dev.polymath.learn.Given;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** The losses on vectors against their equations, written down as loops. */
class EmbeddingLossesTest {
    private static final int SIZE = 9;
    private static final double CLOSE = 2e-4;

    private final double[][] cosines = new double[SIZE][SIZE];
    private final double[][] values = new double[SIZE][SIZE];
    private final double[][] weights = new double[SIZE][SIZE];

    @Test
    void contrastivePicksOutEachMatchAmongAllCandidates() {
        tried(
                new PartSpec("contrastive", Map.of("symmetric", false, "temperature", 0.1)),
                ignored -> mean(anchors().stream()
                        .map(i -> mean(matches(i).stream()
                                .map(p -> -cosines[i][p] / 0.1 + logSum(i, candidates(i), 0.1))
                                .toList()))
                        .toList()));
    }

    @Test
    void candidatesMuchNearerThanTheMatchDoNotCount() {
        tried(
                new PartSpec("contrastive", Map.of("symmetric", false, "temperature", 0.1, "filter", 0.2)),
                ignored -> mean(anchors().stream()
                        .map(i -> {
                            double nearest = matches(i).stream()
                                    .mapToDouble(p -> cosines[i][p])
                                    .max()
                                    .orElseThrow();
                            List<Integer> left = candidates(i).stream()
                                    .filter(j -> values[i][j] == 1 || cosines[i][j] <= nearest + 0.2)
                                    .toList();
                            return mean(matches(i).stream()
                                    .map(p -> -cosines[i][p] / 0.1 + logSum(i, left, 0.1))
                                    .toList());
                        })
                        .toList()));
    }

    @Test
    void manyToManyComparesAMatchWithWrongOnesAlone() {
        ToDoubleFunction<Boolean> oneWay = back -> {
            double[][] s = back ? transposed(cosines) : cosines;
            double[][] v = back ? transposed(values) : values;
            double[][] w = back ? transposed(weights) : weights;
            List<Double> losses = new ArrayList<>();
            for (int i = 0; i < SIZE; i++) {
                for (int p = 0; p < SIZE; p++) {
                    if (v[i][p] * w[i][p] == 0) continue;
                    double wrong = 0;
                    for (int j = 0; j < SIZE; j++) {
                        if (w[i][j] == 1 && v[i][j] == 0) wrong += Math.exp(s[i][j] / 0.05);
                    }
                    double right = Math.exp(s[i][p] / 0.05);
                    losses.add(-Math.log(right / (right + wrong)));
                }
            }
            return mean(losses);
        };
        tried(
                new PartSpec("many-to-many", Map.of()),
                ignored -> (oneWay.applyAsDouble(false) + oneWay.applyAsDouble(true)) / 2);
    }

    @Test
    void tripletLooksAtTheNearestWrongOne() {
        tried(
                new PartSpec("triplet", Map.of("margin", 0.3)),
                ignored -> mean(anchors().stream()
                        .flatMap(i -> matches(i).stream().map(p -> {
                            double hardest = candidates(i).stream()
                                    .filter(j -> values[i][j] == 0)
                                    .mapToDouble(j -> cosines[i][j])
                                    .max()
                                    .orElse(Double.NEGATIVE_INFINITY);
                            return Math.max(0, 0.3 + hardest - cosines[i][p]);
                        }))
                        .toList()));
    }

    @Test
    void cosineLossIsLeastWhereTheOrderIsThatOfTheScores() {
        Random random = new Random(Given.seed());
        for (int i = 0; i < SIZE; i++) {
            for (int j = 0; j < SIZE; j++) {
                cosines[i][j] = 2 * random.nextDouble() - 1;
                weights[i][j] = random.nextInt(8) == 0 ? 1 : 0;
                values[i][j] = random.nextInt(4);
            }
        }
        double sum = 0;
        for (int a = 0; a < SIZE * SIZE; a++) {
            for (int b = 0; b < SIZE * SIZE; b++) {
                if (weights[a / SIZE][a % SIZE] * weights[b / SIZE][b % SIZE] == 0) continue;
                if (values[a / SIZE][a % SIZE] <= values[b / SIZE][b % SIZE]) continue;
                sum += Math.exp(5 * (cosines[b / SIZE][b % SIZE] - cosines[a / SIZE][a % SIZE]));
            }
        }
        double expected = Math.log(1 + sum);
        assertThat(loss(new PartSpec("cosine", Map.of("scale", 5.0))))
                .isCloseTo(expected, within(CLOSE * Math.max(1, expected)));
    }

    @Test
    void marginsAreThoseOfTheTeacher() {
        Random random = new Random(Given.seed());
        double sum = 0;
        int count = 0;
        // Three anchors, each with a match and two wrong texts behind it.
        for (int anchor = 0; anchor < SIZE; anchor += 3) {
            for (int j = 0; j < SIZE; j++) cosines[anchor][j] = random.nextDouble();
            for (int i = 0; i < 2; i++) {
                weights[anchor][(anchor + 1 + i) % SIZE] = i == 0 ? 2 : 1;
                values[anchor][(anchor + 1 + i) % SIZE] = random.nextGaussian();
            }
            double student = 10 * (cosines[anchor][anchor + 1] - cosines[anchor][anchor + 2]);
            double teacher = values[anchor][anchor + 1] - values[anchor][anchor + 2];
            sum += (student - teacher) * (student - teacher);
            count++;
        }
        assertThat(loss(new PartSpec("margin-mse", Map.of()))).isCloseTo(sum / count, within(CLOSE * sum));
    }

    @Test
    void firstNumbersAreLearnedAsVectorsOfTheirOwn() {
        Random random = new Random(Given.seed());
        PartSpec triplet = new PartSpec("triplet", Map.of());
        EmbeddingLoss loss = EmbeddingLosses.CATALOGUE.make(triplet);
        double[][] vectors = new double[SIZE][6];
        for (double[] vector : vectors) for (int i = 0; i < 6; i++) vector[i] = random.nextGaussian();
        for (int i = 0; i + 2 < SIZE; i += 3) {
            weights[i][i + 1] = 1;
            weights[i][i + 2] = 1;
            values[i][i + 1] = 1;
        }
        double expected = 0;
        for (int width : List.of(6, 4, 2)) {
            for (int i = 0; i < SIZE; i++) for (int j = 0; j < SIZE; j++) cosines[i][j] = cosine(vectors, i, j, width);
            expected += loss(triplet) / 3;
        }
        try (PointerScope scope = new PointerScope()) {
            TorchOps ops = new TorchOps(Map.of(), ScalarType.Float, true);
            float[] flat = new float[SIZE * 6];
            for (int i = 0; i < flat.length; i++) {
                flat[i] = (float) (vectors[i / 6][i % 6] / Math.sqrt(product(vectors, i / 6, i / 6, 6)));
            }
            double actual = Matryoshka.CATALOGUE
                    .make(new PartSpec("matryoshka", Map.of("widths", List.of(4, 2))))
                    .loss(loss, ops, List.of(Tensors.of(Array.of(flat, SIZE, 6))), tensor(values), tensor(weights))
                    .item_double();
            assertThat(actual).isCloseTo(expected, within(CLOSE));
        }
    }

    @Test
    void shallowVectorsAreDrawnToThoseOfTheLastLayer() {
        float[] shallow = {0.6f, 0.8f};
        float[] last = {1, 0};
        double[] from = softmax(Math.sqrt(2) * 0.6, Math.sqrt(2) * 0.8);
        double[] to = softmax(Math.sqrt(2), 0);
        double expected = 2.5 * (to[0] * Math.log(to[0] / from[0]) + to[1] * Math.log(to[1] / from[1]));
        Map<String, Object> knobs = Map.of("layers", List.of(1), "alignment", 2.5);
        EmbeddingLoss loss = EmbeddingLosses.CATALOGUE.make(new PartSpec("cosine", Map.of()));
        try (PointerScope scope = new PointerScope()) {
            TorchOps ops = new TorchOps(Map.of(), ScalarType.Float, true);
            Tensor low = Tensors.of(Array.of(shallow, 1, 2)).requires_grad_(true);
            Tensor high = Tensors.of(Array.of(last, 1, 2)).requires_grad_(true);
            Tensor none = Tensors.of(Array.of(new float[1], 1, 1));
            // A single row has no pair to put in order: what is left is the alignment.
            Tensor alignment = Matryoshka.CATALOGUE
                    .make(new PartSpec("matryoshka", knobs))
                    .loss(loss, ops, List.of(low, high), none, none);
            assertThat(alignment.item_double()).isCloseTo(expected, within(CLOSE));
            alignment.backward();
            assertThat(low.grad().abs().sum().item_double()).isPositive();
            assertThat(high.grad().abs().sum().item_double()).isZero();
        }
    }

    private static double[] softmax(double a, double b) {
        double sum = Math.exp(a) + Math.exp(b);
        return new double[] {Math.exp(a) / sum, Math.exp(b) / sum};
    }

    private static double product(double[][] vectors, int i, int j, int width) {
        double sum = 0;
        for (int k = 0; k < width; k++) sum += vectors[i][k] * vectors[j][k];
        return sum;
    }

    private static double cosine(double[][] vectors, int i, int j, int width) {
        return product(vectors, i, j, width) / Math.sqrt(product(vectors, i, i, width) * product(vectors, j, j, width));
    }

    /** Random anchors, matches and candidates; an anchor may have no match, and then says nothing. */
    private void tried(PartSpec spec, ToDoubleFunction<Void> expected) {
        Random random = new Random(Given.seed());
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < SIZE; i++) {
                boolean anchor = random.nextInt(3) > 0;
                for (int j = 0; j < SIZE; j++) {
                    cosines[i][j] = 2 * random.nextDouble() - 1;
                    weights[i][j] = anchor && random.nextInt(4) > 0 ? 1 : 0;
                    values[i][j] = random.nextInt(4) == 0 ? 1 : 0;
                }
            }
            // Every anchor that has a match has a wrong candidate too.
            for (int i = 0; i < SIZE; i++) {
                if (matches(i).isEmpty()) continue;
                weights[i][i] = 1;
                values[i][i] = 0;
            }
            double wanted = expected.applyAsDouble(null);
            if (Double.isNaN(wanted)) continue;
            assertThat(loss(spec)).isCloseTo(wanted, within(CLOSE * Math.max(1, wanted)));
        }
    }

    private double loss(PartSpec spec) {
        try (PointerScope scope = new PointerScope()) {
            EmbeddingLoss loss = EmbeddingLosses.CATALOGUE.make(spec);
            TorchOps ops = new TorchOps(Map.of(), ScalarType.Float, true);
            return loss.loss(ops, tensor(cosines), tensor(values), tensor(weights))
                    .item_double();
        }
    }

    private static org.bytedeco.pytorch.Tensor tensor(double[][] matrix) {
        float[] floats = new float[SIZE * SIZE];
        for (int i = 0; i < floats.length; i++) floats[i] = (float) matrix[i / SIZE][i % SIZE];
        return Tensors.of(Array.of(floats, SIZE, SIZE));
    }

    private List<Integer> anchors() {
        List<Integer> anchors = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) if (!matches(i).isEmpty()) anchors.add(i);
        return anchors;
    }

    private List<Integer> matches(int i) {
        return candidates(i).stream().filter(j -> values[i][j] == 1).toList();
    }

    private List<Integer> candidates(int i) {
        List<Integer> candidates = new ArrayList<>();
        for (int j = 0; j < SIZE; j++) if (weights[i][j] == 1) candidates.add(j);
        return candidates;
    }

    private double logSum(int i, List<Integer> candidates, double temperature) {
        return Math.log(candidates.stream()
                .mapToDouble(j -> Math.exp(cosines[i][j] / temperature))
                .sum());
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    private static double[][] transposed(double[][] matrix) {
        double[][] transposed = new double[SIZE][SIZE];
        for (int i = 0; i < SIZE; i++) for (int j = 0; j < SIZE; j++) transposed[j][i] = matrix[i][j];
        return transposed;
    }
}
