package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.learn.balance.Balancer;
import dev.polymath.learn.balance.EqualBalancer;
import dev.polymath.learn.balance.GradientBalancer;
import dev.polymath.learn.balance.LossBalancer;
import dev.polymath.learn.balance.SharpnessAware;
import dev.polymath.learn.sampling.EpochPlan;
import dev.polymath.learn.torch.Parameters;
import dev.polymath.learn.torch.TaskGradients;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.project.TrainSpec;
import dev.polymath.project.TrainSpec.Precision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gradients of a batch of three tasks on a tiny BERT without dropout. */
class BatchGradientTest {
    private static final Balancer.Step STEP = new Balancer.Step(0, 0, 1);

    private final Trainer trainer = Given.trainer(
            Given.rows("classify", "tag", "regress"),
            new TrainSpec(
                    1,
                    200,
                    2e-3,
                    1e-2,
                    1e-2,
                    TrainSpec.Learns.AUTO,
                    0.1,
                    0,
                    1,
                    0,
                    40,
                    Integer.MAX_VALUE,
                    Precision.FP32,
                    5));

    private final List<EpochPlan.Row> batch = trainer.plan(List.of()).batches(List.of()).stream()
            .filter(rows ->
                    rows.stream().mapToInt(EpochPlan.Row::task).distinct().count() == 3)
            .findFirst()
            .orElseThrow();

    @BeforeEach
    void oneThread() {
        torch.set_num_threads(1);
    }

    @Test
    void lossesBeginAtAboutOneOfAnyKindOfTask() {
        Trainer all = Given.trainer(Given.rows("classify", "multilabel", "ordinal", "regress"), Given.spec(1, 1));
        List<EpochPlan.Row> rows = new ArrayList<>();
        for (int task = 0; task < 4; task++) for (int row = 0; row < 40; row++) rows.add(new EpochPlan.Row(task, row));
        try (PointerScope scope = new PointerScope();
                Parameters parameters = new Parameters(all.initial(), name -> new Parameters.Kind(1, true, true));
                BatchGradient gradient = new BatchGradient(
                        all.network(), parameters, Map::of, all.tasks(), all.train(), new EqualBalancer(), List.of())) {
            for (Balancer.TaskLoss loss : gradient.gradient(rows, STEP).losses()) {
                assertThat(loss.loss()).as("task " + loss.task()).isBetween(0.8, 1.25);
            }
        }
    }

    @Test
    void taskByTaskItIsTheGradientOfTheWholeBatch() {
        Map<String, float[]> together = gradient(new EqualBalancer());
        Map<String, float[]> taskByTask = gradient(new Fixed(1, 1, 1));
        assertClose(taskByTask, together);
    }

    @Test
    void factorsOfLossesActOnHeadsAndThoseOfGradientsDoNot() {
        LossBalancer second = (step, losses) -> new double[] {0, 3, 0};
        Map<String, float[]> byLoss = gradient(second);
        Map<String, float[]> byGradient = gradient(new Fixed(0, 3, 0));
        Map<String, float[]> equal = gradient(new EqualBalancer());
        for (String name : equal.keySet()) {
            if (name.startsWith("heads.")) {
                assertThat(byGradient.get(name)).containsExactly(equal.get(name), within(1e-5f));
                double factor = name.startsWith("heads.tag.") ? 3 : 0;
                assertThat(norm(byLoss.get(name))).isCloseTo(factor * norm(equal.get(name)), within(1e-4));
            } else {
                assertThat(byGradient.get(name)).containsExactly(byLoss.get(name), within(1e-4f));
            }
        }
    }

    @Test
    void innerProductsAreThoseOfTheTasksOwnGradients() {
        Fixed seen = new Fixed(1, 1, 1);
        gradient(seen);
        for (int i = 0; i < 3; i++) {
            double[] only = new double[3];
            only[i] = 1;
            Map<String, float[]> own = gradient(new Fixed(only));
            double squares = 0;
            for (Map.Entry<String, float[]> each : own.entrySet()) {
                double norm = each.getKey().startsWith("heads.") ? 0 : norm(each.getValue());
                squares += norm * norm;
            }
            // The step descends a third of the sum of the three.
            assertThat(seen.products[i][i] / 9).isCloseTo(squares, within(1e-4 * squares));
        }
        assertThat(seen.products[0][1]).isEqualTo(seen.products[1][0], within(1e-6));
    }

    @Test
    void theStepToTheWorstPointHasTheRadiusAndIsUndoneToTheLastBit() {
        try (Parameters parameters = parameters();
                TaskGradients gradients = new TaskGradients(parameters, 2)) {
            gradients.into(1);
            parameters.tensors().values().forEach(tensor -> tensor.grad().fill_(new Scalar(0.5)));
            gradients.done();
            Map<String, float[]> before = values(parameters);
            try (TaskGradients.Moved moved = gradients.move(1, 0.05)) {
                double squares = 0;
                for (Map.Entry<String, float[]> each : values(parameters).entrySet()) {
                    float[] old = before.get(each.getKey());
                    for (int i = 0; i < old.length; i++) squares += Math.pow(each.getValue()[i] - old[i], 2);
                    if (each.getKey().startsWith("heads.")) {
                        assertThat(each.getValue()).as("heads stay").containsExactly(old);
                    }
                }
                assertThat(Math.sqrt(squares)).isCloseTo(0.05, within(1e-5));
            }
            values(parameters).forEach((name, after) -> assertThat(after).containsExactly(before.get(name)));
        }
    }

    @Test
    void aSharpnessAwareGradientIsThatOfTheTasksWorstPoints() {
        Map<String, float[]> plain = gradient(new EqualBalancer());
        assertClose(gradient(new SharpnessAware(new EqualBalancer(), 1e-9)), plain);
        Map<String, float[]> sharp = gradient(new SharpnessAware(new EqualBalancer(), 0.5));
        double change = 0;
        for (String name : plain.keySet()) change += distance(plain.get(name), sharp.get(name));
        assertThat(change).isGreaterThan(1e-3);
        LossBalancer second = (step, losses) -> new double[] {0, 1, 0};
        Map<String, float[]> one = gradient(new SharpnessAware(second, 0.5));
        assertThat(norm(one.get("heads.classify.weight"))).isZero();
        assertThat(one.get("heads.tag.weight")).containsExactly(sharp.get("heads.tag.weight"), within(1e-6f));
    }

    @Test
    void aBalancerThatLooksBackSeesTheSameBatchAgain() {
        List<Double> after = new ArrayList<>();
        LossBalancer looking = new LossBalancer() {
            @Override
            public double[] factors(Step step, List<TaskLoss> losses) {
                return new double[] {1, 1, 1};
            }

            @Override
            public boolean looksBack() {
                return true;
            }

            @Override
            public void after(Step step, List<TaskLoss> losses) {
                losses.forEach(loss -> after.add(loss.loss()));
            }
        };
        try (PointerScope scope = new PointerScope();
                Parameters parameters = parameters();
                BatchGradient gradient = batchGradient(parameters, looking)) {
            BatchGradient.Pass pass = gradient.gradient(batch, STEP);
            gradient.updated(batch, STEP);
            assertThat(after).hasSize(3);
            for (int i = 0; i < 3; i++) {
                assertThat(after.get(i)).isCloseTo(pass.losses().get(i).loss(), within(1e-6));
            }
        }
    }

    /** Factors that are always the same, from a balancer that asks for gradients. */
    private static final class Fixed implements GradientBalancer {
        private final double[] factors;
        private double[][] products;

        Fixed(double... factors) {
            this.factors = factors;
        }

        @Override
        public double[] factors(Step step, List<TaskLoss> losses, double[][] products) {
            this.products = products;
            return factors;
        }
    }

    private Parameters parameters() {
        return new Parameters(trainer.initial(), name -> new Parameters.Kind(1, true, !name.startsWith("heads.")));
    }

    private BatchGradient batchGradient(Parameters parameters, Balancer balancer) {
        return new BatchGradient(
                trainer.network(), parameters, Map::of, trainer.tasks(), trainer.train(), balancer, List.of());
    }

    private Map<String, float[]> gradient(Balancer balancer) {
        try (PointerScope scope = new PointerScope();
                Parameters parameters = parameters();
                BatchGradient gradient = batchGradient(parameters, balancer)) {
            gradient.gradient(batch, STEP);
            Map<String, float[]> gradients = new LinkedHashMap<>();
            parameters.tensors().forEach((name, tensor) -> gradients.put(name, floats(tensor.grad())));
            return gradients;
        }
    }

    private static Map<String, float[]> values(Parameters parameters) {
        Map<String, float[]> values = new LinkedHashMap<>();
        parameters.tensors().forEach((name, tensor) -> values.put(name, floats(tensor)));
        return values;
    }

    private static float[] floats(Tensor tensor) {
        return Tensors.array(tensor).floats();
    }

    private static void assertClose(Map<String, float[]> actual, Map<String, float[]> expected) {
        expected.forEach(
                (name, values) -> assertThat(actual.get(name)).as(name).containsExactly(values, within(1e-5f)));
    }

    private static double norm(float[] values) {
        return distance(values, new float[values.length]);
    }

    private static double distance(float[] a, float[] b) {
        double squares = 0;
        for (int i = 0; i < a.length; i++) squares += (a[i] - b[i]) * (double) (a[i] - b[i]);
        return Math.sqrt(squares);
    }
}
