package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.learn.balance.Balancer;
import dev.polymath.learn.balance.EqualBalancer;
import dev.polymath.learn.balance.GradientBalancer;
import dev.polymath.learn.sampling.EpochPlan;
import dev.polymath.learn.torch.Parameters;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.project.PartSpec;
import dev.polymath.project.Parts;
import dev.polymath.project.SharingSpec;
import dev.polymath.project.TrainSpec;
import dev.polymath.project.TrainSpec.Precision;
import dev.polymath.sharing.Learning;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sharing parts that learn some of their weights first and others later. */
class StagesTest {
    private static final String FUSES = ".*\\.(query|key|value)";

    @TempDir
    Path temporary;

    private long steps;

    @BeforeEach
    void oneThread() {
        torch.set_num_threads(1);
    }

    static Stream<Arguments> stops() {
        return Stream.of("adapter-fusion", "branch", "shared-prompt")
                .flatMap(part -> Stream.of(0.2, 0.8).map(at -> Arguments.of(part, at)));
    }

    @ParameterizedTest
    @MethodSource("stops")
    void aRunStoppedInAnyStageAndResumedEndsAsAnUnbrokenOne(String part, double at) {
        Map<String, Object> stage = part.equals("shared-prompt") ? Map.of("teachers", 0.5) : Map.of("stage", 0.5);
        Trained unbroken = trainer(part, stage).train(null, false, counting(), () -> false);
        long last = steps;
        long stop = Math.round(at * last);
        assertThatThrownBy(() -> trainer(part, stage).train(temporary, false, counting(), () -> steps >= stop))
                .isInstanceOf(TrainingStopped.class);
        assertThat(steps).isEqualTo(stop);
        Trained resumed = trainer(part, stage).train(temporary, true, counting(), () -> false);
        assertThat(steps).isEqualTo(last);
        assertThat(resumed.weights().asMap()).isEqualTo(unbroken.weights().asMap());
        assertThat(resumed.dev()).isEqualTo(unbroken.dev());
    }

    @ParameterizedTest
    @CsvSource({"0, false, true", "0.5, true, true", "1, true, false"})
    void whatIsNotLearnedStaysAsItBegan(double stage, boolean adapters, boolean fusion) {
        Trainer trainer = trainer("adapter-fusion", Map.of("stage", stage));
        List<String> learned = learnedAtTheEnd(trainer);
        assertThat(learned.stream().anyMatch(name -> name.startsWith("heads."))).isTrue();
        assertThat(learned.stream().anyMatch(name -> name.endsWith(".up"))).isEqualTo(adapters);
        assertThat(learned.stream().anyMatch(name -> name.matches(FUSES))).isEqualTo(fusion);
        assertThat(learned.stream().filter(name -> name.startsWith("encoder."))).isEmpty();
    }

    @Test
    void theAdaptersDoNotChangeInTheSecondStage() {
        Weights first = stateAt("adapter-fusion", "stage", 0.5);
        Weights later = stateAt("adapter-fusion", "stage", 0.8);
        for (String name : first.names()) {
            if (!name.contains(".own.") || name.endsWith(".missed")) continue;
            boolean fuses = name.replaceFirst("\\.[a-z]+$", "").matches(FUSES);
            if (!fuses) assertThat(later.get(name)).as(name).isEqualTo(first.get(name));
        }
        assertThat(first.get("sharing.adapter-fusion.own.layer.0.ffn.out.query.square")
                        .norm())
                .isZero();
        assertThat(later.get("sharing.adapter-fusion.own.layer.0.ffn.out.query.square")
                        .norm())
                .isPositive();
    }

    @Test
    void teachersLearnFirstAndThenTheSharedPromptFromThem() {
        Weights begun = trainer("shared-prompt", Map.of("teachers", 0.5)).initial();
        Weights first = stateAt("shared-prompt", "teachers", 0.5);
        Weights later = stateAt("shared-prompt", "teachers", 0.8);
        for (String name : begun.names()) {
            if (!name.startsWith("sharing.")) continue;
            boolean teaches = name.endsWith(".teacher");
            float[] before = begun.get(name).floats();
            float[] after = first.get(name + ".value").floats();
            float[] last = later.get(name + ".value").floats();
            assertThat(Arrays.equals(before, after)).as(name).isEqualTo(!teaches);
            assertThat(Arrays.equals(after, last)).as(name).isEqualTo(teaches);
        }
    }

    @Test
    void distillationBringsStatesNearThoseUnderTheTeachers() {
        assertThat(distanceToTeachers(100)).isLessThan(0.7 * distanceToTeachers(0));
    }

    /** The mean squared distance of a task's states at the end of a run. */
    private static double distanceToTeachers(double distillation) {
        Map<String, Object> knobs = Map.of("teachers", 0.3, "distillation", distillation);
        Random random = new Random(3);
        // One epoch, so that what is best is what is last; dozens of steps in it.
        List<TaskRows> rows = Stream.of("classify", "tag")
                .map(type -> new TaskRows(
                        Given.task(type), Given.examples(type, 300, random), Given.examples(type, 12, random)))
                .toList();
        Trained trained = new Trainer(Given.bert(0), rows, parts("shared-prompt", knobs), Given.spec(1, 1))
                .train(null, false, TrainingListener.NONE, () -> false);
        Map<String, Object> plain = Map.of("teachers", 0.5, "distillation", 1);
        Trainer measuring = new Trainer(Given.bert(0), rows, parts("shared-prompt", plain), Given.spec(1, 1));
        try (PointerScope scope = new PointerScope();
                Parameters parameters = new Parameters(trained.weights(), measuring::kind)) {
            List<Encoding> encodings = measuring.dev().get(0).firsts();
            int[] tasks = new int[encodings.size()];
            double distance = measuring
                    .network()
                    .pass(parameters.tensors(), encodings, tasks, new Learning(0.9, 1), UnaryOperator.identity())
                    .penalty()
                    .item_double();
            System.out.printf("distillation %s: distance to the teachers' states %.4f%n", distillation, distance);
            return distance;
        }
    }

    @Test
    void fixedWeightsAreNotCountedAsLearned() {
        long plain = trainer("hard", Map.of()).learned();
        Trainer hierarchy = trainer("hierarchy", Map.of("layers", Map.of("tag", 1L)));
        assertThat(hierarchy.learned()).isEqualTo(plain);
        assertThat(learnedAtTheEnd(hierarchy)).noneMatch(name -> name.startsWith("sharing."));
    }

    @Test
    void aDrawnTreeIsTheSameForRowsTogetherAndTaskByTask() {
        Trainer trainer = trainer("branch", Map.of(), 0);
        Weights apart = trainer.initial();
        Map<String, Array> moved = new HashMap<>(apart.asMap());
        moved.forEach((name, array) -> {
            if (name.endsWith(".up")) moved.put(name, Array.of(filled(array.size()), array.shape()));
        });
        List<EpochPlan.Row> rows = Stream.of(0, 1, 2)
                .flatMap(task -> Stream.of(0, 1, 2, 3).map(row -> new EpochPlan.Row(task, row)))
                .toList();
        Map<String, float[]> together = gradient(trainer, new Weights(moved), rows, new EqualBalancer());
        Map<String, float[]> taskByTask = gradient(trainer, new Weights(moved), rows, new Plain());
        assertThat(together.keySet()).anyMatch(name -> name.endsWith(".leaf"));
        together.forEach(
                (name, gradient) -> assertThat(taskByTask.get(name)).as(name).containsExactly(gradient, within(1e-4f)));
        assertThat(together.get("sharing.branch.own.leaf")).isNotEqualTo(new float[9]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hierarchy", "fusion", "branch", "adapter-fusion"})
    void itLearnsInHalfPrecision(String part) {
        TrainSpec spec = new TrainSpec(
                1, 200, 2e-3, 1e-2, 1e-2, TrainSpec.Learns.AUTO, 0, 0, 1, 0, 40, Integer.MAX_VALUE, Precision.BF16, 1);
        Trainer trainer = new Trainer(Given.bert(0), Given.rows("classify", "tag"), parts(part, Map.of()), spec);
        Trained trained = trainer.train(null, false, TrainingListener.NONE, () -> false);
        trained.weights()
                .asMap()
                .forEach((name, array) -> assertThat(array.norm()).as(name).isFinite());
        assertThat(trained.weights()).isNotEqualTo(trainer.initial());
    }

    /** All factors 1. */
    private record Plain() implements GradientBalancer {
        @Override
        public double[] factors(Step step, List<TaskLoss> losses, double[][] products) {
            double[] ones = new double[losses.size()];
            Arrays.fill(ones, 1);
            return ones;
        }
    }

    private static float[] filled(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) values[i] = (float) Math.sin(i);
        return values;
    }

    private static Map<String, float[]> gradient(
            Trainer trainer, Weights weights, List<EpochPlan.Row> rows, Balancer balancer) {
        Map<String, float[]> gradients = new HashMap<>();
        try (PointerScope scope = new PointerScope();
                Parameters parameters = new Parameters(weights, trainer::kind);
                BatchGradient gradient = new BatchGradient(
                        trainer.network(),
                        parameters,
                        Map::of,
                        trainer.tasks(),
                        trainer.train(),
                        balancer,
                        List.of())) {
            gradient.gradient(rows, new Balancer.Step(0, 0, 3));
            parameters.tensors().forEach((name, tensor) -> {
                if (tensor.requires_grad())
                    gradients.put(name, Tensors.array(tensor.grad()).floats());
            });
        }
        return gradients;
    }

    /** Values and moments of a run, whose first stage is half of it, after a share of its steps. */
    private Weights stateAt(String part, String knob, double share) {
        Map<String, Object> stage = Map.of(knob, 0.5);
        trainer(part, stage).train(null, false, counting(), () -> false);
        long stop = Math.round(share * steps);
        Path folder = temporary.resolve("at-" + stop);
        assertThatThrownBy(() -> trainer(part, stage).train(folder, false, counting(), () -> steps >= stop))
                .isInstanceOf(TrainingStopped.class);
        Trainer trainer = trainer(part, stage);
        try (Parameters parameters = new Parameters(trainer.initial(), trainer::kind)) {
            Checkpoint checkpoint = new Checkpoint(folder);
            checkpoint.restore(checkpoint.state(trainer.digest()), parameters);
            Map<String, Array> copy = new HashMap<>();
            parameters.state().asMap().forEach((name, array) -> {
                if (!name.endsWith(".missed")) copy.put(name, Array.of(array.floats(), array.shape()));
            });
            return new Weights(copy);
        }
    }

    private static List<String> learnedAtTheEnd(Trainer trainer) {
        Trained trained = trainer.train(null, false, TrainingListener.NONE, () -> false);
        return trained.weights().names().stream()
                .filter(name ->
                        !trained.weights().get(name).equals(trainer.initial().get(name)))
                .toList();
    }

    private TrainingListener counting() {
        steps = 0;
        return new TrainingListener() {
            @Override
            public void step(long step, double loss, long tokens, double seconds) {
                steps = step;
            }
        };
    }

    /** As another process would: with rows read anew. One epoch, so that what is best is what is last. */
    private static Trainer trainer(String part, Map<String, Object> knobs) {
        return trainer(part, knobs, 0.1);
    }

    private static Trainer trainer(String part, Map<String, Object> knobs, double dropout) {
        return new Trainer(
                Given.bert(dropout), Given.rows("classify", "tag", "regress"), parts(part, knobs), Given.spec(1, 1));
    }

    private static Parts parts(String part, Map<String, Object> knobs) {
        SharingSpec sharing = SharingSpec.of(new PartSpec(part, knobs));
        return new Parts(sharing, Given.PARTS.balance(), Given.PARTS.sampling(), List.of());
    }
}
