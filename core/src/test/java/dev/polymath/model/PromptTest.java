package dev.polymath.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.weights.Array;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PromptTest {
    private static final int PROMPT = 3;
    private static final int TEXT = 12;
    /** Tokens of each row's text; the rest is padding. */
    private static final int[] LENGTHS = {12, 5};

    static Stream<Fixture> fixtures() {
        return Fixture.all().stream();
    }

    /** In each architecture, whatever it does with positions: the learned, the rotary, those at a distance, the local. */
    @ParameterizedTest
    @MethodSource("fixtures")
    void aPromptOfWordsIsAsTheWordsBeforeTheText(Fixture fixture) {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        int width = pretrained.backbone().width();
        Random random = new Random(3);
        long[] prompt = random.longs(PROMPT, 5, 190).toArray();
        long[] text = random.longs(LENGTHS.length * TEXT, 5, 190).toArray();
        float[] whole = states(pretrained, null, before(prompt, text), mask(PROMPT), types(PROMPT));
        float[] prompted = states(pretrained, prompt, text, mask(0), types(0));
        assertThat(prompted).hasSize(LENGTHS.length * TEXT * width);
        for (int row = 0; row < LENGTHS.length; row++) {
            for (int i = 0; i < LENGTHS[row] * width; i++) {
                float expected = whole[(row * (PROMPT + TEXT) + PROMPT) * width + i];
                assertThat(prompted[row * TEXT * width + i]).isCloseTo(expected, within(1e-6f));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void everyLayersStatesAreThoseOfTheTextsTokens(Fixture fixture) {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        Backbone backbone = pretrained.backbone();
        long[] text = new Random(3).longs(LENGTHS.length * TEXT, 5, 190).toArray();
        for (int layer = 0; layer <= backbone.layers(); layer++) {
            Prompted program = new Prompted(backbone, new long[] {5, 6, 7}, layer);
            Array states = OnnxEval.eval(
                    program, pretrained.weights(), List.of(Array.of(text, LENGTHS.length, TEXT), mask(0), types(0)));
            assertThat(states.shape()).containsExactly(LENGTHS.length, TEXT, backbone.width());
        }
    }

    @Test
    void aPromptHasTokensIfAndOnlyIfItHasEmbeddings() {
        assertThat(Prompt.none().tokens()).isZero();
        assertThatThrownBy(() -> new Prompt<>(0, "embeddings")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Prompt<>(2, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Prompt<>(-1, null)).isInstanceOf(IllegalArgumentException.class);
    }

    private static float[] states(Pretrained pretrained, long[] prompt, Array ids, Array mask, Array types) {
        Backbone backbone = pretrained.backbone();
        return OnnxEval.eval(
                        new Prompted(backbone, prompt, backbone.layers()),
                        pretrained.weights(),
                        List.of(ids, mask, types))
                .floats();
    }

    private static float[] states(Pretrained pretrained, long[] prompt, long[] text, Array mask, Array types) {
        return states(pretrained, prompt, Array.of(text, LENGTHS.length, TEXT), mask, types);
    }

    private static Array before(long[] prompt, long[] text) {
        long[] all = new long[LENGTHS.length * (PROMPT + TEXT)];
        for (int row = 0; row < LENGTHS.length; row++) {
            System.arraycopy(prompt, 0, all, row * (PROMPT + TEXT), PROMPT);
            System.arraycopy(text, row * TEXT, all, row * (PROMPT + TEXT) + PROMPT, TEXT);
        }
        return Array.of(all, LENGTHS.length, PROMPT + TEXT);
    }

    private static Array mask(int before) {
        return filled(before, row -> LENGTHS[row]);
    }

    /** The last three tokens of each text are in the second segment. */
    private static Array types(int before) {
        Array all = filled(before, row -> LENGTHS[row]);
        Array first = filled(before, row -> LENGTHS[row] - 3);
        long[] types = all.longs();
        for (int i = 0; i < types.length; i++) types[i] -= first.longs()[i];
        return Array.of(types, all.shape());
    }

    private static Array filled(int before, IntUnaryOperator length) {
        int tokens = before + TEXT;
        long[] values = new long[LENGTHS.length * tokens];
        for (int row = 0; row < LENGTHS.length; row++) {
            Arrays.fill(values, row * tokens, row * tokens + before + length.applyAsInt(row), 1);
        }
        return Array.of(values, LENGTHS.length, tokens);
    }

    /** The states of a layer with a prompt of words, if there are such. */
    private record Prompted(Backbone backbone, long[] words, int layer) implements Program {
        @Override
        public <T> T apply(Ops<T> ops, List<T> in) {
            Sites<T> sites = new Sites<>() {
                @Override
                public T at(Ops<T> o, String site, T input, T output) {
                    return output;
                }

                @Override
                public Prompt<T> prompt(Ops<T> o, Inputs<T> inputs, T embedded) {
                    if (words == null) return Prompt.none();
                    long[] twice = new long[LENGTHS.length * PROMPT];
                    for (int i = 0; i < twice.length; i++) twice[i] = words[i % PROMPT];
                    Array ids = Array.of(twice, LENGTHS.length, PROMPT);
                    return new Prompt<>(PROMPT, o.gather(o.weight(backbone.wordEmbeddings()), o.constant(ids)));
                }
            };
            Inputs<T> inputs = new Inputs<>(in.get(0), in.get(1), in.get(2));
            return backbone.hidden(ops, inputs, sites).layers().get(layer);
        }
    }
}
