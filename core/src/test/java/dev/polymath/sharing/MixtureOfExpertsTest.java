package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Inputs;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class MixtureOfExpertsTest {
    private static final String PREFIX = "sharing.moe.";
    private static final List<String> TEXTS = List.of("where is my refund", "to Paris");

    @Test
    void aTokenIsComputedByItsExpertsAndByNoOther() {
        // A gate of zeros finds all alike, and takes the first two.
        Passed passed = Passed.fresh("bert", "moe", Map.of("every", 1)).random(3, 0.3);
        Passed even = passed.with(gates(passed, expert -> 0));
        for (int broken = 0; broken < 8; broken++) {
            Passed without = even.with(broken(even, "expert." + broken));
            boolean used = broken < 2;
            for (float[] states : without.states(TEXTS, 0, 1)) {
                assertThat(Passed.finite(states)).as("without expert " + broken).isEqualTo(!used);
            }
        }
    }

    @Test
    void aTasksEmbeddingTurnsTheGate() {
        Passed passed = Passed.fresh("bert", "moe", Map.of("top", 1)).random(3, 0.3);
        int width = passed.pretrained().backbone().width();
        // Task 0 pushes the first component up and task 1 down; experts 2 and 5 ask for one or the other.
        float[] tasks = new float[3 * width];
        tasks[0] = 100;
        tasks[width] = -100;
        Passed turned = passed.with(gates(passed, expert -> expert == 2 ? 1 : expert == 5 ? -1 : 0))
                .with(new Weights(Map.of(PREFIX + "own.task", Array.of(tasks, 3, width))));
        List<float[]> without2 = turned.with(broken(turned, "expert.2")).states(TEXTS, 0, 1);
        assertThat(Passed.finite(without2.get(0))).isFalse();
        assertThat(Passed.finite(without2.get(1))).isTrue();
        List<float[]> without5 = turned.with(broken(turned, "expert.5")).states(TEXTS, 0, 1);
        assertThat(Passed.finite(without5.get(0))).isTrue();
        assertThat(Passed.finite(without5.get(1))).isFalse();
    }

    @Test
    void aGateAheadReadsWhatTheExpertsBeforeItsOwnRead() {
        Passed now = Passed.fresh("bert", "moe", Map.of("every", 1)).random(5, 0.3);
        Passed ahead =
                Passed.fresh("bert", "moe", Map.of("every", 1, "gate", "ahead")).with(now.weights());
        SplittableRandom random = new SplittableRandom(9);
        Array below = Initial.normal(1, random, 1, 3, 32);
        Array above = Initial.normal(1, random, 1, 3, 32);
        assertThat(shares(now, below, above)).isEqualTo(shares(now, above, above));
        assertThat(shares(ahead, below, above)).isEqualTo(shares(now, above, below));
        assertThat(shares(ahead, below, above)).isNotEqualTo(shares(now, below, above));
    }

    @Test
    void theLossAddedIsThatOfTheTextsTokensAndNotOfThePadding() {
        Passed passed = Passed.fresh("bert", "moe", Map.of("every", 1, "experts", 2, "top", 1, "balance", 0.5));
        int width = passed.pretrained().backbone().width();
        Passed by = passed.with(gates(passed, expert -> expert == 0 ? 1 : -1))
                .with(new Weights(Map.of(PREFIX + "own.task", Array.zeros(3, width))));
        // Tokens at +-20 are as good as certain; of the padding, more goes to the second.
        float[] states = new float[2 * 4 * width];
        for (int token : new int[] {0, 4}) states[token * width] = 20;
        for (int token : new int[] {1, 2, 3, 5, 6, 7}) states[token * width] = -20;
        Array input = Array.of(states, 2, 4, width);
        Array half = Array.of(new long[] {1, 1, 0, 0, 1, 1, 0, 0}, 2, 4);
        // Even: 1. All eight tokens, a quarter and three quarters: 2 (1/16 + 9/16) = 1.25. One layer was passed.
        assertThat(penalty(by, input, half)).isCloseTo(0.5, within(1e-5));
        Array all = Array.of(new long[] {1, 1, 1, 1, 1, 1, 1, 1}, 2, 4);
        assertThat(penalty(by, input, all)).isCloseTo(0.625, within(1e-5));
    }

    @Test
    void moreThanThereAreCannotCompute() {
        assertThatThrownBy(() -> SharingParts.of(new PartSpec("moe", Map.of("experts", 4, "top", 5))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("top is 5")
                .hasMessageContaining("4 experts");
        assertThatThrownBy(() -> Passed.fresh("bert", "moe", Map.of("every", 3)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("every is 3")
                .hasMessageContaining("2 layers");
    }

    /** Gates that ask an expert for so much of the first component, and for nothing else. */
    private static Weights gates(Passed passed, IntToDoubleFunction asked) {
        return passed.weights()
                .filter(name -> name.startsWith(PREFIX) && name.endsWith(".gate"))
                .map(gate -> {
                    float[] values = new float[gate.size()];
                    int width = (int) gate.shape()[1];
                    for (int e = 0; e < values.length / width; e++) values[e * width] = (float) asked.applyAsDouble(e);
                    return Array.of(values, gate.shape());
                });
    }

    /** An expert's weights, all not a number: whoever computes with them shows it. */
    static Weights broken(Passed passed, String expert) {
        Map<String, Array> broken = new LinkedHashMap<>();
        passed.weights().asMap().forEach((name, array) -> {
            if (!name.contains("." + expert + ".")) return;
            float[] values = new float[array.size()];
            Arrays.fill(values, Float.NaN);
            broken.put(name, Array.of(values, array.shape()));
        });
        assertThat(broken).isNotEmpty();
        return new Weights(broken);
    }

    /** Of the second layer, where the blocks of both read these. */
    private static float[] shares(Passed passed, Array first, Array second) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                ExpertSites<T> sites = sites(passed, in.get(2));
                sites.shares(ops, 0, in.get(0));
                return sites.shares(ops, 1, in.get(1));
            }
        };
        Array task = Array.of(new long[] {1});
        return OnnxEval.eval(program, passed.weights(), List.of(first, second, task))
                .floats();
    }

    /** Where a block of the first layer reads this. */
    private static double penalty(Passed passed, Array input, Array mask) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                ExpertSites<T> sites = sites(passed, in.get(2));
                sites.prompt(ops, new Inputs<>(null, in.get(1), null), null);
                sites.shares(ops, 0, in.get(0));
                return sites.penalty(ops);
            }
        };
        Array tasks = Array.of(new long[] {1, 2});
        return OnnxEval.eval(program, passed.weights(), List.of(input, mask, tasks))
                .floats()[0];
    }

    private static <T> ExpertSites<T> sites(Passed passed, T tasks) {
        Backbone backbone = passed.pretrained().backbone();
        return (ExpertSites<T>) passed.group().sites(backbone, tasks);
    }
}
