package dev.polymath.learn.habit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.learn.Given;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Hidden;
import dev.polymath.task.Task;
import dev.polymath.weights.Array;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DistributionRegularisationTest {
    private static final int ROWS = 8;
    private static final int TOKENS = 12;
    private static final int WIDTH = 6;

    private final Task task = Given.task("classify");
    private final PointerScope scope = new PointerScope();
    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final TorchOps ops = new TorchOps(weights, ScalarType.Float, true);
    private Tensor mask;
    private Tensor before;

    @BeforeEach
    void states() {
        torch.manual_seed(4);
        task.initial(WIDTH, new SplittableRandom(1))
                .asMap()
                .forEach((name, array) -> weights.put(name, Tensors.of(array)));
        weights.replaceAll((name, weight) -> torch.randn_like(weight).set_requires_grad(true));
        mask = torch.ones(new long[] {ROWS, TOKENS}, Tensors.INT64);
        mask.narrow(0, 0, 2).narrow(1, 5, TOKENS - 5).zero_();
        before = torch.randn(ROWS, TOKENS, WIDTH);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void withoutCalibrationItIsTheLossOnPretrainedStates() {
        Tensor now = torch.randn(ROWS, TOKENS, WIDTH);
        assertThat(added(new DistributionRegularisation(0.7, false), now))
                .isCloseTo(0.7 * lossOn(before), within(1e-5));
    }

    @Test
    void calibrationUndoesARotationAndAShift() {
        Tensor orthogonal = torch.linalg_svd(torch.randn(WIDTH, WIDTH)).get0();
        Tensor now = torch.matmul(before, orthogonal).add(new Scalar(3));
        assertThat(lossOn(before)).isNotCloseTo(lossOn(now), within(0.1));
        assertThat(added(new DistributionRegularisation(1, true), now)).isCloseTo(lossOn(now), within(0.01));
    }

    @Test
    void calibrationMovesTheCentreOfEachClassOntoThatOfTheStates() {
        Tensor now = torch.randn(ROWS, TOKENS, WIDTH);
        now.narrow(0, 0, ROWS / 2).add_(new Scalar(2));
        Tensor calibrated = DistributionRegularisation.calibrated(batch(now), new Hidden<>(List.of(before), mask));
        for (int from : new int[] {0, ROWS / 2}) {
            assertThat(center(calibrated, from)).containsExactly(center(now, from), within(1e-4f));
        }
    }

    @Test
    void itsGradientReachesTheHeadAlone() {
        Tensor now = torch.randn(ROWS, TOKENS, WIDTH).set_requires_grad(true);
        Habit.TaskBatch batch = batch(now);
        new DistributionRegularisation(1, true).loss(batch, torch.zeros(1)).backward();
        assertThat(now.grad().defined()).isFalse();
        assertThat(weights.get("heads.classify.weight").grad().norm().item_double())
                .isPositive();
    }

    @Test
    void fewerTokensThanDimensionsAreCalibratedToo() {
        mask.narrow(1, 1, TOKENS - 1).zero_();
        mask.narrow(0, 1, ROWS - 1).zero_();
        assertThat(added(new DistributionRegularisation(1, true), before)).isFinite();
    }

    private double added(Habit habit, Tensor now) {
        return habit.loss(batch(now), torch.full(new long[0], new Scalar(2), Tensors.FLOAT))
                        .item_double()
                - 2;
    }

    /** The first half of the rows are of one class and the others of another. */
    private Habit.TaskBatch batch(Tensor now) {
        long[] classes = new long[ROWS];
        for (int row = ROWS / 2; row < ROWS; row++) classes[row] = 1;
        return new Habit.TaskBatch(
                0,
                task,
                0,
                ROWS,
                ops,
                new Hidden<>(List.of(now), mask),
                null,
                Tensors.of(Array.of(classes)),
                torch.ones(ROWS),
                () -> new Hidden<>(List.of(before), mask));
    }

    private double lossOn(Tensor states) {
        Habit.TaskBatch batch = batch(states);
        Tensor loss = task.loss(ops, task.head(ops, batch.hidden()), batch.values(), batch.weights());
        return loss.item_double() / task.chance();
    }

    private float[] center(Tensor states, int from) {
        Tensor some = mask.narrow(0, from, ROWS / 2).to(ScalarType.Float).unsqueeze(2);
        Tensor sum = states.narrow(0, from, ROWS / 2).mul(some).sum(new long[] {0, 1});
        return Tensors.array(sum.div(some.sum())).floats();
    }
}
