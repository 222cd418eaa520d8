package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.model.Fixture;
import dev.polymath.model.Inputs;
import dev.polymath.model.Pretrained;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every part that puts tokens before the text. */
class PromptPartsTest {
    private static final List<String> PARTS = List.of("prompt", "shared-prompt", "prompt-memory");
    private static final int TOKENS = 14;
    /** Each row's text and task; the rest is padding. */
    private static final int[] LENGTHS = {14, 3, 9, 6};

    private static final long[] TASKS = {1, 0, 2, 1};

    static Stream<Arguments> partsAndFixtures() {
        return PARTS.stream().flatMap(part -> Fixture.all().stream().map(fixture -> Arguments.of(part, fixture)));
    }

    @ParameterizedTest
    @MethodSource("partsAndFixtures")
    void aRowOfAMixedBatchIsAsItIsAlone(String part, Fixture fixture) {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        int width = pretrained.backbone().width();
        SharingGroup group = new SharingGroup(part, new PartSpec(part, Map.of()), List.of("a", "b", "c"));
        SplittableRandom random = new SplittableRandom(5);
        Weights fresh = group.initial(pretrained.backbone(), pretrained.weights(), random);
        Weights weights =
                pretrained.weights().with(fresh.map(array -> array.plus(Initial.normal(0.3, random, array.shape()))));
        States program = new States(pretrained, group);
        long[] ids = new Random(6).longs((long) LENGTHS.length * TOKENS, 5, 190).toArray();
        float[] mixed = run(program, weights, ids, LENGTHS, TASKS);
        for (int row = 0; row < LENGTHS.length; row++) {
            long[] own = Arrays.copyOfRange(ids, row * TOKENS, row * TOKENS + LENGTHS[row]);
            float[] alone = run(program, weights, own, new int[] {LENGTHS[row]}, new long[] {TASKS[row]});
            float[] other = run(program, weights, own, new int[] {LENGTHS[row]}, new long[] {(TASKS[row] + 1) % 3});
            int from = row * TOKENS * width;
            float[] actual = Arrays.copyOfRange(mixed, from, from + alone.length);
            assertThat(actual).containsExactly(alone, within(1e-5f));
            assertThat(alone[0]).isNotCloseTo(other[0], within(1e-4f));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt", "shared-prompt", "prompt-memory"})
    void itTakesItsTokensFromTheLongestTextAndLeavesRoomForOne(String part) {
        Pretrained bert = Pretrained.open(new Fixture("bert").folder().toString(), 0);
        SharingGroup group = new SharingGroup(part, new PartSpec(part, Map.of()), List.of("a"));
        assertThat(group.maxTokens(bert.backbone())).isEqualTo(40 - 20);
        assertThat(group.part().freezesBackbone()).isTrue();
        SharingGroup longer = new SharingGroup(part, new PartSpec(part, Map.of("tokens", 39)), List.of("a"));
        assertThatThrownBy(() -> longer.initial(bert.backbone(), bert.weights(), new SplittableRandom(1)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("leaves no room for a text")
                .hasMessageContaining("40 tokens");
        assertThatThrownBy(() -> SharingParts.of(new PartSpec(part, Map.of("tokens", 0))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("tokens is 0");
    }

    private static float[] run(States program, Weights weights, long[] ids, int[] lengths, long[] tasks) {
        int tokens = ids.length / lengths.length;
        long[] mask = new long[ids.length];
        for (int row = 0; row < lengths.length; row++) {
            Arrays.fill(mask, row * tokens, row * tokens + lengths[row], 1);
        }
        List<Array> inputs =
                List.of(Array.of(ids, lengths.length, tokens), Array.of(mask, lengths.length, tokens), Array.of(tasks));
        return OnnxEval.eval(program, weights, inputs).floats();
    }

    private record States(Pretrained pretrained, SharingGroup group) implements Program {
        @Override
        public <T> T apply(Ops<T> ops, List<T> in) {
            T types = ops.subtract(in.get(0), in.get(0));
            Inputs<T> inputs = new Inputs<>(in.get(0), in.get(1), types);
            return pretrained
                    .backbone()
                    .hidden(ops, inputs, group.sites(pretrained.backbone(), in.get(2)))
                    .last();
        }
    }
}
