package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RoutingTest {
    private static final int EXPERTS = 5;

    @Test
    void exactlySoManyAreChosenAndTheirSharesAreInProportionAndAddUpToOne() {
        Array logits = Initial.normal(2, new SplittableRandom(3), 4, 6, EXPERTS);
        for (int top = 1; top <= EXPERTS; top++) {
            float[] shares = shares(logits, top);
            float[] z = logits.floats();
            for (int token = 0; token < 24; token++) {
                int chosen = 0;
                double sum = 0;
                int best = token * EXPERTS;
                for (int e = token * EXPERTS; e < (token + 1) * EXPERTS; e++) {
                    if (shares[e] > 0) chosen++;
                    if (z[e] > z[best]) best = e;
                    sum += shares[e];
                }
                assertThat(chosen).isEqualTo(top);
                assertThat(sum).isCloseTo(1, within(1e-5));
                for (int e = token * EXPERTS; e < (token + 1) * EXPERTS; e++) {
                    if (shares[e] == 0) continue;
                    assertThat((double) shares[e] / shares[best]).isCloseTo(Math.exp(z[e] - z[best]), within(1e-4));
                }
            }
        }
    }

    @Test
    void theLoadBalancingLossIsOneWhenEvenAndByHandWhenNot() {
        float[] even = {0.7f, 0.1f, 0.1f, 0.1f, 0.1f, 0.7f, 0.1f, 0.1f, 0.1f, 0.1f, 0.7f, 0.1f, 0.1f, 0.1f, 0.1f, 0.7f};
        assertThat(imbalance(Array.of(even, 4, 4), 1)).isCloseTo(1, within(1e-6));
        float[] one = {0.7f, 0.1f, 0.1f, 0.1f, 0.7f, 0.1f, 0.1f, 0.1f};
        // All choices fall on the first: 4 * 1 * 0.7.
        assertThat(imbalance(Array.of(one, 2, 4), 1)).isCloseTo(2.8, within(1e-6));
        // With two of each, half of the choices on the first and half on the second: 4 * (0.5 * 0.7 + 0.5 * 0.1).
        assertThat(imbalance(Array.of(one, 2, 4), 2)).isCloseTo(1.6, within(1e-6));
    }

    @Test
    void theMoreTokensLeanToOneExpertTheGreaterTheLoss() {
        for (int top = 1; top <= 2; top++) {
            double before = 1 - 1e-6;
            for (double lean = 0; lean < 3; lean += 0.5) {
                Array logits = leaning(lean);
                double loss = imbalance(probabilities(logits), top);
                if (lean == 0) assertThat(loss).as("even").isCloseTo(1, within(1e-5));
                else assertThat(loss).isGreaterThan(before);
                before = loss;
            }
        }
    }

    /** Every set of logits in all rotations, so that the experts have the same; but one leans to the first. */
    private static Array leaning(double lean) {
        float[] base = Initial.normal(1, new SplittableRandom(5), 20, EXPERTS).floats();
        float[] all = new float[base.length * EXPERTS];
        for (int i = 0; i < all.length; i++) {
            int set = i / (EXPERTS * EXPERTS);
            int rotation = i / EXPERTS % EXPERTS;
            int expert = i % EXPERTS;
            all[i] = base[set * EXPERTS + (expert + rotation) % EXPERTS] + (expert == 0 ? (float) lean : 0);
        }
        return Array.of(all, 20 * EXPERTS, EXPERTS);
    }

    private static Array probabilities(Array logits) {
        return eval(logits, new Calculation() {
            @Override
            public <T> T of(Ops<T> ops, T x) {
                return Routing.of(ops, x, 1).probabilities();
            }
        });
    }

    private static float[] shares(Array logits, int top) {
        return eval(logits, new Calculation() {
                    @Override
                    public <T> T of(Ops<T> ops, T x) {
                        return Routing.of(ops, x, top).shares();
                    }
                })
                .floats();
    }

    private static double imbalance(Array probabilities, int top) {
        int experts = (int) probabilities.shape()[1];
        return eval(probabilities, new Calculation() {
                    @Override
                    public <T> T of(Ops<T> ops, T x) {
                        return Routing.imbalance(ops, x, ops.top(x, top), experts, top);
                    }
                })
                .floats()[0];
    }

    private interface Calculation {
        <T> T of(Ops<T> ops, T x);
    }

    private static Array eval(Array input, Calculation calculation) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                return calculation.of(ops, in.get(0));
            }
        };
        return OnnxEval.eval(program, Weights.empty(), List.of(input));
    }
}
