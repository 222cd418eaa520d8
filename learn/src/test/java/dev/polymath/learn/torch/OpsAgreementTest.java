package dev.polymath.learn.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.data.Example;
import dev.polymath.learn.Given;
import dev.polymath.model.Backbone;
import dev.polymath.model.Fixture;
import dev.polymath.model.Hidden;
import dev.polymath.model.Inputs;
import dev.polymath.model.Pretrained;
import dev.polymath.model.Reading;
import dev.polymath.model.Sites;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.pooling.Pooling;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.Part;
import dev.polymath.project.PartSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.sharing.SharingParts;
import dev.polymath.task.Target;
import dev.polymath.task.Task;
import dev.polymath.task.TaskKinds;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The two interpreters compute the same: every operation, and the parts made of them. The seed is printed; {@code
 * -Dpolymath.seed} sets it.
 */
class OpsAgreementTest {
    private static final double TOLERANCE = 1e-4;
    private static final int CALLS = 15;
    private static final long SEED = Given.seed();

    /** What parts are given that cannot be without. */
    private static final Map<String, Map<String, Object>> KNOBS =
            Map.of("skills", Map.of("skills", Map.of("a", List.of("x"), "b", List.of("y"), "c", List.of("x", "z"))));

    static List<String> operations() {
        return RandomCall.OPERATIONS;
    }

    @ParameterizedTest
    @MethodSource("operations")
    void anOperationGivesTheSameInBoth(String operation) {
        Random random = new Random(SEED ^ operation.hashCode());
        for (int i = 0; i < CALLS; i++) {
            RandomCall call = new RandomCall(operation, random);
            assertAgree(call.toString(), call, call.weights(), call.inputs());
        }
    }

    @Test
    void everyOperationIsAmongThem() {
        Set<String> declared = new TreeSet<>();
        for (Method method : Ops.class.getDeclaredMethods()) if (!method.isSynthetic()) declared.add(method.getName());
        assertThat(new TreeSet<>(operations())).isEqualTo(declared);
    }

    @ParameterizedTest
    @MethodSource("operations")
    @SuppressWarnings("unchecked")
    void aCallIsOfTheOperationThatItIsNamedAfter(String operation) {
        List<String> called = new ArrayList<>();
        Ops<String> ops = (Ops<String>)
                Proxy.newProxyInstance(Ops.class.getClassLoader(), new Class<?>[] {Ops.class}, (self, method, args) -> {
                    called.add(method.getName());
                    return "value";
                });
        new RandomCall(operation, new Random(SEED)).apply(ops, List.of("a", "b", "c", "d"));
        assertThat(called.get(called.size() - 1)).isEqualTo(operation);
    }

    static List<Fixture> fixtures() {
        return Fixture.all();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void aBackboneGivesTheSameInBoth(Fixture fixture) {
        Random random = new Random(SEED);
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0.5);
        Backbone backbone = pretrained.backbone();
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> x) {
                Inputs<T> inputs = new Inputs<>(x.get(0), x.get(1), x.get(2));
                return backbone.hidden(ops, inputs, Sites.none()).last();
            }
        };
        try (Tokenizer tokenizer = new Tokenizer(pretrained.tokenizer())) {
            for (int rows = 1; rows <= 3; rows++) {
                List<Encoding> encodings = new ArrayList<>();
                for (int row = 0; row < rows; row++) {
                    String second = random.nextBoolean() ? Given.text(random) : null;
                    encodings.add(tokenizer.encode(Given.text(random), second, backbone.maxTokens()));
                }
                TokenBatch batch = TokenBatch.of(encodings, tokenizer.padId());
                List<Array> inputs = List.of(batch.ids(), batch.mask(), batch.types());
                assertAgree(fixture + " " + batch, program, pretrained.weights(), inputs);
            }
        }
    }

    static Stream<PartSpec> sharingParts() {
        return Stream.concat(
                SharingParts.CATALOGUE.parts().stream()
                        .map(part -> new PartSpec(part.name(), KNOBS.getOrDefault(part.name(), Map.of()))),
                Stream.of(
                        new PartSpec("hierarchy", Map.of("layers", Map.of("b", 1L))),
                        new PartSpec("fusion", Map.of("form", "gated")),
                        new PartSpec("fusion", Map.of("rank", 0L)),
                        new PartSpec("branch", Map.of("rank", 0L)),
                        new PartSpec("adapter-fusion", Map.of("value", false))));
    }

    @ParameterizedTest
    @MethodSource("sharingParts")
    void aSharingPartGivesTheSameInBoth(PartSpec part) {
        assertPartAgrees(part, Given.bert(0));
    }

    /** They change how many tokens there are, which every backbone has its own ways to count. */
    @ParameterizedTest
    @MethodSource("fixtures")
    void promptsGiveTheSameInBothOnEveryBackbone(Fixture fixture) {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        for (String part : List.of("prompt", "shared-prompt", "prompt-memory"))
            assertPartAgrees(new PartSpec(part, Map.of()), pretrained);
    }

    private static void assertPartAgrees(PartSpec part, Pretrained pretrained) {
        Random random = new Random(SEED);
        SharingGroup three = new SharingGroup(part.type(), part, List.of("a", "b", "c"));
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> x) {
                Inputs<T> inputs = new Inputs<>(x.get(0), x.get(1), x.get(2));
                return pretrained
                        .backbone()
                        .hidden(ops, inputs, three.sites(pretrained.backbone(), x.get(3)))
                        .last();
            }
        };
        Weights own = three.initial(pretrained.backbone(), pretrained.weights(), new SplittableRandom(1))
                // Smaller than 1, so that states do not grow beyond what floats tell apart by the tolerance.
                .map(array -> normal(random, array.shape()).scaled(0.2));
        int most = three.maxTokens(pretrained.backbone());
        try (Tokenizer tokenizer = new Tokenizer(pretrained.tokenizer())) {
            List<Encoding> encodings = List.of(
                    tokenizer.encode(Given.text(random), null, most),
                    tokenizer.encode(Given.text(random), null, most),
                    tokenizer.encode(Given.text(random), null, most));
            TokenBatch batch = TokenBatch.of(encodings, tokenizer.padId());
            Array taskOfRow = Array.of(new long[] {2, 0, 2}, 3);
            assertAgree(
                    part.toString(),
                    program,
                    pretrained.weights().with(own),
                    List.of(batch.ids(), batch.mask(), batch.types(), taskOfRow));
        }
    }

    static Stream<Task> tasks() {
        return TaskKinds.all().stream().map(kind -> Given.task(kind.type()));
    }

    @Test
    void thereIsATaskOfEveryKind() {
        assertThat(tasks().map(Task::type)).containsExactlyInAnyOrderElementsOf(TaskKinds.types());
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void aHeadGivesTheSameInBoth(Task task) {
        Random random = new Random(SEED);
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> x) {
                return task.head(ops, new Hidden<>(List.of(x.get(0)), x.get(1)));
            }
        };
        for (int rows = 1; rows <= 3; rows++) {
            Weights weights = task.initial(6, new SplittableRandom(random.nextLong()));
            assertAgree(task.type(), program, weights, List.of(normal(random, rows, 4, 6), mask(random, rows, 4)));
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void aLossIsTheSameInBoth(Task task) {
        Random random = new Random(SEED);
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> x) {
                return task.loss(ops, x.get(0), x.get(1), x.get(2));
            }
        };
        Weights head = task.initial(6, new SplittableRandom(1));
        List<Example> examples = Given.examples(task.type(), 5, random);
        for (int rows = 1; rows <= examples.size(); rows++) {
            List<Example> some = new ArrayList<>(examples.subList(0, rows));
            if (rows > 2) some.set(1, new Example(some.get(1).text(), null, null, 1));
            List<Encoding> encodings = Given.encodings(some);
            int tokens = encodings.stream().mapToInt(Encoding::length).max().orElseThrow();
            Target target = task.target(some, encodings, tokens);
            int sequences =
                    some.stream().mapToInt(row -> task.sequences(row).size()).sum();
            Array like = TorchEval.eval(
                    new Head(task),
                    head,
                    List.of(normal(random, sequences, tokens, 6), mask(random, sequences, tokens)),
                    ScalarType.Float);
            List<Array> inputs = List.of(normal(random, like.shape()), target.values(), target.weights());
            assertAgree(task.type(), program, Weights.empty(), inputs);
        }
    }

    private record Head(Task task) implements Program {
        @Override
        public <T> T apply(Ops<T> ops, List<T> x) {
            return task.head(ops, new Hidden<>(List.of(x.get(0)), x.get(1)));
        }
    }

    static List<PartSpec> poolings() {
        List<PartSpec> parts = new ArrayList<>();
        for (Part<? extends Pooling> part : Poolings.CATALOGUE.parts()) parts.add(new PartSpec(part.name(), Map.of()));
        parts.add(new PartSpec("attention", Map.of("layers", List.of(1L, 2L))));
        parts.add(new PartSpec("diagonal-attention", Map.of("over", "first-last")));
        parts.add(new PartSpec("whitening", Map.of("dimensions", 2L, "over", "last")));
        return parts;
    }

    @ParameterizedTest
    @MethodSource("poolings")
    void aPoolingGivesTheSameInBoth(PartSpec part) {
        Pooling pooling = Poolings.CATALOGUE.make(part);
        Random random = new Random(SEED);
        Map<String, Array> weights = new HashMap<>();
        pooling.initial("t", 3).asMap().forEach((name, array) -> weights.put(name, normal(random, array.shape())));
        Reading reading = pooling.reading(3);
        int states = reading.layers().size();
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> x) {
                List<T> diagonals = x.subList(states, x.size() - 1).stream()
                        .map(ops::sigmoid)
                        .toList();
                return pooling.pool(ops, new Hidden<>(x.subList(0, states), x.get(x.size() - 1), diagonals), "t");
            }
        };
        for (int rows = 1; rows <= 4; rows++) {
            List<Array> inputs = new ArrayList<>();
            for (int i = 0; i < states; i++) inputs.add(normal(random, rows, 5, 3));
            for (int i = 0; i < reading.diagonals().size(); i++) inputs.add(normal(random, rows, 5));
            inputs.add(mask(random, rows, 5));
            assertAgree(part.toString(), program, new Weights(weights), inputs);
            inputs.set(inputs.size() - 1, Array.of(new long[rows * 5], rows, 5));
            assertAgree("no token", program, new Weights(weights), inputs);
        }
    }

    @ParameterizedTest
    @MethodSource("backbones")
    void whatTokensAttendToThemselvesIsTheSameInBoth(Fixture fixture) {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        Reading reading = new Reading(List.of(1), List.of(new Reading.Diagonal(2, 3)));
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                Inputs<T> inputs = new Inputs<>(in.get(0), in.get(1), in.get(2));
                Hidden<T> hidden = pretrained.backbone().hidden(ops, inputs, Sites.none(), reading);
                T diagonal = hidden.diagonals().get(0);
                return ops.multiply(diagonal, ops.toFloat(hidden.mask()));
            }
        };
        List<Encoding> texts = new ArrayList<>();
        try (Tokenizer tokenizer = new Tokenizer(pretrained.tokenizer())) {
            texts.addAll(tokenizer.encodeAll(List.of("the train", "she paid for the ticket to paris"), 40));
            TokenBatch batch = TokenBatch.of(texts, tokenizer.padId());
            assertAgree(
                    fixture.name(), program, pretrained.weights(), List.of(batch.ids(), batch.mask(), batch.types()));
        }
    }

    static List<Fixture> backbones() {
        return Fixture.all();
    }

    private static void assertAgree(String what, Program program, Weights weights, List<Array> inputs) {
        Array graph = OnnxEval.eval(program, weights, inputs);
        Array torch = TorchEval.eval(program, weights, inputs, ScalarType.Float);
        assertThat(torch.type()).as(what).isEqualTo(graph.type());
        assertThat(torch.shape()).as(what).isEqualTo(graph.shape());
        float[] expected = graph.floats();
        float[] actual = torch.floats();
        for (int i = 0; i < expected.length; i++) {
            assertThat(Math.abs(actual[i] - expected[i]))
                    .as("element %d is %s and %s in %s", i, actual[i], expected[i], what)
                    .isLessThanOrEqualTo((float) TOLERANCE);
        }
    }

    /** Rows of one token or more, with padding on the right. */
    private static Array mask(Random random, int rows, int tokens) {
        long[] mask = new long[rows * tokens];
        for (int row = 0; row < rows; row++) {
            Arrays.fill(mask, row * tokens, row * tokens + 1 + random.nextInt(tokens), 1);
        }
        return Array.of(mask, rows, tokens);
    }

    private static Array normal(Random random, long... shape) {
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) values[i] = (float) random.nextGaussian();
        return Array.of(values).reshaped(shape);
    }
}
