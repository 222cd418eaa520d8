package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.learn.balance.Balancer;
import dev.polymath.learn.balance.EqualBalancer;
import dev.polymath.learn.balance.GradientBalancer;
import dev.polymath.learn.habit.FeedbackAlignment;
import dev.polymath.learn.habit.Habit;
import dev.polymath.learn.sampling.EpochPlan;
import dev.polymath.learn.torch.Parameters;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.project.PartSpec;
import dev.polymath.project.Parts;
import dev.polymath.project.SharingSpec;
import dev.polymath.project.TrainSpec;
import dev.polymath.weights.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What experts learn from a batch, and the loss that they add to it. */
class ExpertsLearningTest {
    private static final GradientBalancer TASK_BY_TASK = (step, losses, products) -> new double[] {1, 1};
    private static final PartSpec SKILLS = new PartSpec(
            "skills", Map.of("skills", Map.of("classify", List.of("meaning"), "regress", List.of("amount"))));

    @BeforeEach
    void oneThread() {
        torch.set_num_threads(1);
    }

    @Test
    void aSkillThatNoTaskOfTheBatchHasGetsNoGradient() {
        Trainer trainer = trainer(SKILLS, Given.spec(1, 1));
        Map<String, float[]> gradients = gradients(trainer, batch(4, 0), new EqualBalancer(), List.of());
        String amount = "sharing.skills.shared.layer.1.skill.amount.out.up";
        assertThat(gradients.get(amount)).containsOnly(0);
        assertThat(norm(gradients.get(amount.replace("amount", "meaning")))).isPositive();
        assertThat(norm(gradients.get(amount.replace("amount", "general")))).isPositive();
        Map<String, float[]> both = gradients(trainer, batch(4, 3), new EqualBalancer(), List.of());
        assertThat(norm(both.get(amount))).isPositive();
    }

    @Test
    void whatATaskActivatesStaysAsItWasDeclared() {
        Trainer trainer = trainer(SKILLS, Given.spec(2, 1));
        String active = "sharing.skills.own.active";
        assertThat(trainer.kind(active)).isNull();
        Trained trained = trainer.train(null, false, TrainingListener.NONE, () -> false);
        assertThat(trained.weights().get(active)).isEqualTo(trainer.initial().get(active));
        String meaning = "sharing.skills.shared.layer.0.skill.meaning.in.up";
        assertThat(trainer.initial().get(meaning).norm()).isZero();
        assertThat(trained.weights().get(meaning).norm()).isPositive();
    }

    @Test
    void gatesLearnAndExpertsOfTheirOwnTokens() {
        for (String part : List.of("moe", "task-moe")) {
            for (int top = 1; top <= 2; top++) {
                PartSpec spec = new PartSpec(part, Map.of("top", top, "balance", 0));
                Map<String, float[]> gradients =
                        gradients(trainer(spec, Given.spec(1, 1)), batch(4, 3), new EqualBalancer(), List.of());
                String prefix = "sharing." + part + ".";
                assertThat(norm(gradients.get(prefix + "shared.layer.1.gate"))).isPositive();
                assertThat(norm(gradients.get(prefix + "own.task"))).isPositive();
                int learning = 0;
                for (int expert = 0; expert < 8; expert++) {
                    String up = prefix + "shared.layer.1.expert." + expert + ".in.up";
                    if (norm(gradients.get(up)) > 0) learning++;
                }
                assertThat(learning).isGreaterThanOrEqualTo(top);
                if (part.equals("task-moe")) assertThat(learning).isLessThanOrEqualTo(2 * top);
            }
        }
    }

    @Test
    void theyLearnInBf16Too() {
        TrainSpec spec = new TrainSpec(
                2,
                200,
                2e-3,
                1e-2,
                1e-2,
                TrainSpec.Learns.FROZEN,
                0.1,
                0.01,
                1,
                0.1,
                40,
                Integer.MAX_VALUE,
                TrainSpec.Precision.BF16,
                1);
        Trainer trainer = trainer(new PartSpec("moe", Map.of("every", 1, "gate", "ahead")), spec);
        Trained trained = trainer.train(null, false, TrainingListener.NONE, () -> false);
        trained.weights().asMap().forEach((name, array) -> {
            for (float value : array.floats()) assertThat(value).as(name).isFinite();
            boolean backbone = !name.startsWith("sharing.") && !name.startsWith("heads.");
            if (backbone) assertThat(array).as(name).isEqualTo(trainer.initial().get(name));
        });
        String up = "sharing.moe.shared.layer.0.expert.0.in.up";
        assertThat(trained.weights().get(up).norm()).isPositive();
    }

    @Test
    void theLoadBalancingLossIsDescendedWithTheOthers() {
        String gate = "sharing.moe.shared.layer.1.gate";
        List<float[]> gates = new ArrayList<>();
        for (double balance : new double[] {0, 1, 2}) {
            PartSpec spec = new PartSpec("moe", Map.of("balance", balance));
            gates.add(gradients(trainer(spec, Given.spec(1, 1)), batch(4, 3), new EqualBalancer(), List.of())
                    .get(gate));
        }
        double added = 0;
        for (int i = 0; i < gates.get(0).length; i++) {
            double once = gates.get(1)[i] - gates.get(0)[i];
            added += Math.abs(once);
            assertThat(gates.get(2)[i] - gates.get(0)[i]).isCloseTo((float) (2 * once), within(1e-5f));
        }
        assertThat(added).isGreaterThan(1e-3);
    }

    @Test
    void aLossThatAPartAddsCountsOnceTaskByTaskAndTogetherAndAroundAHabit() {
        Trainer trainer = trainer(new PartSpec("hard", Map.of()), Given.spec(1, 1));
        String bias = "encoder.layer.0.output.dense.bias";
        List<EpochPlan.Row> batch = batch(4, 3);
        for (Balancer balancer : List.of(new EqualBalancer(), TASK_BY_TASK)) {
            for (Habit outer : List.of(
                    new Habit() {},
                    new FeedbackAlignment(new Habit.Setting(trainer.pretrained().backbone(), trainer.tasks(), 1), 1))) {
                float[] plain =
                        gradients(trainer, batch, balancer, List.of(outer)).get(bias);
                float[] with = gradients(trainer, batch, balancer, List.of(new Added(bias), outer))
                        .get(bias);
                // 3 for each element of the bias, whatever the rows.
                for (int i = 0; i < plain.length; i++)
                    assertThat(with[i] - plain[i]).isCloseTo(3, within(1e-5f));
            }
        }
    }

    /** Adds three times the sum of a weight to the loss. */
    private record Added(String weight) implements Habit {
        @Override
        public Sites<Tensor> around(Sites<Tensor> sites) {
            return new Sites<>() {
                @Override
                public Tensor at(Ops<Tensor> ops, String site, Tensor input, Tensor output) {
                    return sites.at(ops, site, input, output);
                }

                @Override
                public Tensor penalty(Ops<Tensor> ops) {
                    return ops.scale(ops.total(ops.weight(weight)), 3);
                }
            };
        }
    }

    private static Trainer trainer(PartSpec sharing, TrainSpec spec) {
        Parts parts =
                new Parts(SharingSpec.of(sharing), Given.PARTS.balance(), Given.PARTS.sampling(), Given.PARTS.habits());
        return new Trainer(Given.bert(0), Given.rows("classify", "regress"), parts, spec);
    }

    private static List<EpochPlan.Row> batch(int classify, int regress) {
        List<EpochPlan.Row> batch = new ArrayList<>();
        for (int row = 0; row < classify; row++) batch.add(new EpochPlan.Row(0, row));
        for (int row = 0; row < regress; row++) batch.add(new EpochPlan.Row(1, row));
        return batch;
    }

    private static Map<String, float[]> gradients(
            Trainer trainer, List<EpochPlan.Row> batch, Balancer balancer, List<Habit> habits) {
        try (PointerScope scope = new PointerScope();
                Parameters parameters = new Parameters(trainer.initial(), trainer::kind);
                BatchGradient gradient = new BatchGradient(
                        trainer.network(), parameters, Map::of, trainer.tasks(), trainer.train(), balancer, habits)) {
            gradient.gradient(batch, new Balancer.Step(0, 0, 1));
            Map<String, float[]> gradients = new LinkedHashMap<>();
            parameters.tensors().forEach((name, tensor) -> {
                if (tensor.requires_grad())
                    gradients.put(name, Tensors.array(tensor.grad()).floats());
            });
            return gradients;
        }
    }

    private static double norm(float[] values) {
        return Array.of(values).norm();
    }
}
