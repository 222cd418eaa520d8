package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.learn.balance.Balancer;
import dev.polymath.learn.balance.EqualBalancer;
import dev.polymath.learn.balance.GradientBalancer;
import dev.polymath.learn.habit.FeedbackAlignment;
import dev.polymath.learn.habit.Habit;
import dev.polymath.learn.sampling.EpochPlan;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Parameters;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Hidden;
import dev.polymath.model.Inputs;
import dev.polymath.model.Pretrained;
import dev.polymath.model.Sites;
import dev.polymath.project.PartSpec;
import dev.polymath.project.Parts;
import dev.polymath.project.TrainSpec;
import dev.polymath.task.Cosine;
import dev.polymath.task.Target;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A tiny BERT with a task on rows and one on tokens: 5 rows of the one and 3 of the other in a batch. */
class FeedbackAlignmentTest {
    private static final int[] COUNTS = {5, 3};
    private static final List<String> STATES = List.of("embeddings", "layer.0", "layer.1");

    private final Pretrained bert = Given.bert(0);
    private final List<Task> tasks = List.of(Given.task("classify"), Given.task("tag"));
    private final List<EncodedRows> rows = new ArrayList<>();
    private final FeedbackAlignment habit = new FeedbackAlignment(new Habit.Setting(bert.backbone(), tasks, 9), 1);
    private Network network;
    private Weights weights;

    @BeforeEach
    void begin() {
        torch.set_num_threads(1);
        weights = bert.weights();
        for (Task task : tasks)
            weights = weights.with(task.initial(bert.backbone().width(), new SplittableRandom(2)));
        network = Given.network(bert, tasks);
        try (Tokenizer tokenizer = new Tokenizer(bert.tokenizer())) {
            List<TaskRows> given = Given.rows("classify", "tag");
            for (TaskRows task : given) rows.add(EncodedRows.of(task.task(), task.train(), tokenizer, 40));
        }
    }

    @Test
    void eachLayersGradientIsThatOfItsRandomProjection() {
        Map<String, float[]> actual = gradients(new EqualBalancer(), List.of(habit));
        for (String state : STATES) {
            Map<String, float[]> expected = byFormula(state);
            String prefix = state.equals("embeddings") ? "embeddings." : "encoder." + state + ".";
            assertThat(expected.keySet()).anyMatch(name -> name.startsWith(prefix));
            expected.forEach((name, gradient) -> {
                if (name.startsWith(prefix)) assertClose(name, actual.get(name), gradient);
            });
        }
    }

    @Test
    void theHeadsHaveTheirTrueGradientAndTheLayersHaveNot() {
        Map<String, float[]> actual = gradients(new EqualBalancer(), List.of(habit));
        Map<String, float[]> truth = gradients(new EqualBalancer(), List.of());
        assertThat(truth.keySet()).contains("heads.classify.weight", "heads.tag.weight");
        truth.forEach((name, gradient) -> {
            if (name.startsWith("heads.")) assertClose(name, actual.get(name), gradient);
        });
        for (String name : List.of("encoder.layer.0.output.dense.weight", "encoder.layer.1.output.dense.weight")) {
            assertThat(Math.abs(Cosine.of(actual.get(name), truth.get(name))))
                    .as(name)
                    .isLessThan(0.7);
        }
    }

    @Test
    void taskByTaskItIsTheSameAsInOneBatch() {
        GradientBalancer ones = (step, losses, products) -> new double[] {1, 1};
        Map<String, float[]> together = gradients(new EqualBalancer(), List.of(habit));
        Map<String, float[]> apart = gradients(ones, List.of(habit));
        together.forEach((name, gradient) -> assertClose(name, apart.get(name), gradient));
    }

    @Test
    void itLearnsMoreThanHeadsDoOnAFrozenBackbone() {
        double aligned = lastLosses(Given.spec(10, 1), List.of(new PartSpec("feedback-alignment", Map.of())));
        TrainSpec frozen = new TrainSpec(
                10,
                200,
                1e-12,
                1e-2,
                1e-2,
                TrainSpec.Learns.AUTO,
                0.1,
                0,
                1,
                0.1,
                40,
                Integer.MAX_VALUE,
                TrainSpec.Precision.FP32,
                1);
        double heads = lastLosses(frozen, List.of());
        System.out.printf("losses at the end: %.3f with feedback alignment, %.3f with heads alone%n", aligned, heads);
        assertThat(aligned).isLessThan(0.9 * heads);
    }

    private static double lastLosses(TrainSpec spec, List<PartSpec> habits) {
        List<Double> losses = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void step(long step, double loss, long tokens, double seconds) {
                losses.add(loss);
            }
        };
        Parts parts = new Parts(Given.PARTS.sharing(), Given.PARTS.balance(), Given.PARTS.sampling(), habits);
        new Trainer(Given.bert(0), Given.rows("classify", "tag"), parts, spec)
                .train(null, false, listener, () -> false);
        return losses.subList(losses.size() - 20, losses.size()).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
    }

    // ---- the gradient of a batch as a step has it

    private Map<String, float[]> gradients(Balancer balancer, List<Habit> habits) {
        List<EpochPlan.Row> batch = new ArrayList<>();
        for (int task = 0; task < COUNTS.length; task++) {
            for (int row = 0; row < COUNTS[task]; row++) batch.add(new EpochPlan.Row(task, row));
        }
        try (PointerScope scope = new PointerScope();
                Parameters parameters = parameters();
                BatchGradient gradient =
                        new BatchGradient(network, parameters, () -> null, tasks, rows, balancer, habits)) {
            gradient.gradient(batch, new Balancer.Step(0, 0, 1));
            return gradients(parameters);
        }
    }

    // ---- and by the formula, from a plain forward pass

    /** The gradient of {@code sum(h dh)} for the state at a site, right for the weights that make this state of the last. */
    private Map<String, float[]> byFormula(String site) {
        try (PointerScope scope = new PointerScope();
                Parameters parameters = parameters()) {
            List<Encoding> encodings = new ArrayList<>();
            for (int task = 0; task < COUNTS.length; task++) {
                encodings.addAll(rows.get(task).firsts().subList(0, COUNTS[task]));
            }
            TokenBatch batch = TokenBatch.of(encodings, network.padId());
            Inputs<Tensor> inputs =
                    new Inputs<>(Tensors.of(batch.ids()), Tensors.of(batch.mask()), Tensors.of(batch.types()));
            TorchOps ops = new TorchOps(parameters.tensors(), ScalarType.Float, true);
            Hidden<Tensor> hidden = bert.backbone().hidden(ops, inputs, Sites.none());
            Tensor state = hidden.layers().get(STATES.indexOf(site));
            Tensor total = null;
            int from = 0;
            for (int task = 0; task < COUNTS.length; task++) {
                int count = COUNTS[task];
                Tensor own = hidden.last().narrow(0, from, count).detach();
                Tensor mask = hidden.mask().narrow(0, from, count);
                Tensor fed =
                        fed(ops, task, site, new Hidden<>(List.of(own), mask), encodings.subList(from, from + count));
                Tensor term = state.narrow(0, from, count).mul(fed).sum().mul(new Scalar(count / 8.0));
                total = total == null ? term : total.add(term);
                from += count;
            }
            total.backward();
            return gradients(parameters);
        }
    }

    private Tensor fed(TorchOps ops, int index, String site, Hidden<Tensor> own, List<Encoding> encodings) {
        Task task = tasks.get(index);
        int count = encodings.size();
        Tensor output = task.head(ops, own);
        Target target = task.target(rows.get(index).examples().subList(0, count), encodings, (int)
                own.mask().size(1));
        Tensor values = Tensors.of(target.values());
        Tensor mask = own.mask().to(ScalarType.Float).unsqueeze(2);
        Tensor error;
        if (index == 0) {
            // Cross-entropy by hand: (softmax - one-hot) / rows, each token its share.
            Tensor labels = torch.one_hot(values, output.size(1)).to(ScalarType.Float);
            error = torch.softmax(output, 1).sub(labels).div(new Scalar(count * task.chance()));
            error = error.unsqueeze(1).div(mask.sum(new long[] {1}, true, Tensors.SAME_TYPE));
        } else {
            Tensor loss = task.loss(ops, output, values, Tensors.of(target.weights()));
            error = torch.grad(new TensorVector(loss.div(new Scalar(task.chance()))), new TensorVector(output))
                    .get(0);
        }
        Tensor matrix = Tensors.of(habit.matrix(index, site, (int) output.size(-1)));
        return torch.matmul(error.detach().mul(mask), matrix);
    }

    private Parameters parameters() {
        return new Parameters(weights, name -> new Parameters.Kind(1, false, !name.startsWith("heads.")));
    }

    private static Map<String, float[]> gradients(Parameters parameters) {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        for (Parameters.Group group : parameters.groups()) {
            float[] flat = Tensors.array(group.gradient()).floats();
            int at = 0;
            for (String name : group.names()) {
                int size = (int) parameters.tensors().get(name).numel();
                gradients.put(name, Arrays.copyOfRange(flat, at, at + size));
                at += size;
            }
        }
        return gradients;
    }

    /** To a thousandth of the gradient's own size; the bias of a key has none but rounding. */
    private static void assertClose(String name, float[] actual, float[] expected) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            size += Math.pow(expected[i], 2);
        }
        assertThat(Math.sqrt(difference)).as(name).isLessThanOrEqualTo(1e-3 * Math.sqrt(size) + 1e-6);
    }
}
