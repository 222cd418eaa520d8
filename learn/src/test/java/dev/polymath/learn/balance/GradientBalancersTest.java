package dev.polymath.learn.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.learn.Given;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GradientBalancersTest {
    static Stream<Arguments> directions() {
        List<Arguments> all = new ArrayList<>();
        for (JsonNode each : Given.json("balancers.json").get("directions")) {
            double[][] gradients = new double[each.get("gradients").size()][];
            for (int i = 0; i < gradients.length; i++) {
                gradients[i] = LossBalancersTest.numbers(each.get("gradients").get(i));
            }
            each.get("methods").properties().forEach(method -> {
                double[] direction = LossBalancersTest.numbers(method.getValue());
                all.add(Arguments.of(method.getKey(), gradients.length, gradients, direction));
            });
        }
        return all.stream();
    }

    /** See tools/make_balancer_fixtures.py. */
    @ParameterizedTest(name = "{0} of {1} tasks")
    @MethodSource("directions")
    void directionsAreThoseOfTorchJd(String method, int tasks, double[][] gradients, double[] expected) {
        String[] words = method.split("[ =]");
        Map<String, Object> knobs = new HashMap<>();
        if (words.length > 1) {
            knobs.put(words[1], words[1].equals("c") ? (Object) Double.valueOf(words[2]) : words[2]);
        }
        Balancer balancer = Batches.balancer(words[0], knobs, "not", "looked", "at");
        double[] factors = Batches.factors(balancer, gradients);
        double[] direction = Batches.combined(factors, gradients);
        double length = Math.sqrt(Gram.dot(expected, expected));
        assertThat(direction).containsExactly(expected, within(1e-4 * length));
    }

    @Test
    void ofTwoTasksThatConflictEachLosesWhatIsAgainstTheOther() {
        // (1, 0) becomes (0.5, 0.5), and (-1, 1) becomes (0, 1).
        double[][] gradients = {{1, 0}, {-1, 1}};
        double[] factors = Batches.factors(new PcGradBalancer(), gradients);
        assertThat(factors).containsExactly(new double[] {2, 1.5}, within(1e-12));
        assertThat(Batches.combined(factors, gradients)).containsExactly(new double[] {0.25, 0.75}, within(1e-12));
    }

    @Property(tries = 200)
    void whatIsLeftOfAGradientDoesNotConflictWithTheLastThatItWasProjectedOn(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 6) int tasks) {
        Random random = new Random(seed);
        double[][] gradients = new double[tasks][4];
        for (double[] each : gradients) Arrays.setAll(each, i -> random.nextGaussian());
        int[] others = new int[tasks - 1];
        Arrays.setAll(others, i -> i + 1);
        double[] left = PcGradBalancer.projected(0, others, Batches.products(gradients));
        double[] vector = Batches.combined(left, gradients);
        assertThat(Gram.dot(vector, gradients[tasks - 1])).isGreaterThan(-1e-9);
    }

    @Test
    void withoutConflictProjectionChangesNothing() {
        double[][] gradients = {{1, 0, 0}, {1, 100, 0}, {0, 1, 1}};
        assertThat(Batches.factors(new PcGradBalancer(), gradients)).containsExactly(1, 1, 1);
    }

    @Test
    void theOrderOfProjectionsIsTheStepsChance() {
        double[][] gradients = {{1, 0}, {-1, 0.2}, {-1, -0.1}, {0.1, 1}};
        GradientBalancer balancer = new PcGradBalancer();
        List<Balancer.TaskLoss> losses = Batches.losses(1, 1, 1, 1);
        double[] first = balancer.factors(Batches.step(1), losses, Batches.products(gradients));
        assertThat(balancer.factors(Batches.step(1), losses, Batches.products(gradients)))
                .containsExactly(first);
        assertThat(Stream.of(2, 3, 4, 5)
                        .map(step -> balancer.factors(Batches.step(step), losses, Batches.products(gradients)))
                        .anyMatch(other -> !Arrays.equals(other, first)))
                .isTrue();
    }

    @Test
    void gradNormMakesNormsEqualWithWeightsThatSumToTheNumberOfTasks() {
        GradientBalancer balancer = new GradNormBalancer(3, 0, 0.025);
        double[][] products = {{1, 0, 0}, {0, 100, 0}, {0, 0, 0.01}};
        double[] weights = null;
        for (int step = 0; step < 3000; step++) {
            weights = balancer.factors(Batches.step(step), Batches.losses(1, 2, 3), products);
            assertThat(Arrays.stream(weights).sum()).isCloseTo(3, within(1e-9));
        }
        double norm = weights[0];
        assertThat(weights[1] * 10).isCloseTo(norm, within(0.05 * norm));
        assertThat(weights[2] * 0.1).isCloseTo(norm, within(0.05 * norm));
    }

    @Test
    void gradNormGivesATaskThatLagsTheLargerGradient() {
        GradientBalancer balancer = new GradNormBalancer(2, 1, 0.025);
        double[] weights = null;
        for (int step = 0; step < 1000; step++) {
            weights = balancer.factors(Batches.step(step), Batches.losses(2, 1), new double[][] {{1, 0}, {0, 1}});
        }
        // G_t = mean(G) r_t with r = (4/3, 2/3).
        assertThat(weights).containsExactly(new double[] {4.0 / 3, 2.0 / 3}, within(0.05));
    }

    @Test
    void gradNormLeavesTheWeightOfATaskThatIsNotThere() {
        GradientBalancer balancer = new GradNormBalancer(3, 0, 0.025);
        double[][] products = {{1, 0, 0}, {0, 9, 0}, {0, 0, 4}};
        List<Balancer.TaskLoss> losses = Batches.losses(1, 1, 1);
        for (int step = 0; step < 10; step++) balancer.factors(Batches.step(step), losses, products);
        double[] before = balancer.factors(Batches.step(10), losses.subList(1, 2), new double[][] {{9}});
        for (int step = 11; step < 20; step++) {
            List<Balancer.TaskLoss> some = List.of(losses.get(0), losses.get(2));
            balancer.factors(Batches.step(step), some, new double[][] {{1, 0}, {0, 4}});
        }
        double[] weights = balancer.factors(Batches.step(20), losses, products);
        assertThat(weights[1]).isEqualTo(before[0]).isLessThan(0.95);
        assertThat(Arrays.stream(weights).sum()).isCloseTo(3, within(1e-9));
    }

    @Property(tries = 200)
    void theShortestMixtureLessensEveryTasksLoss(@ForAll long seed, @ForAll @IntRange(min = 2, max = 12) int tasks) {
        Random random = new Random(seed);
        double[][] gradients = new double[tasks][9];
        for (double[] each : gradients) {
            double scale = Math.exp(2 * random.nextGaussian());
            Arrays.setAll(each, i -> scale * random.nextGaussian());
        }
        double[] weights = MinNorm.weights(Batches.products(gradients));
        assertThat(Arrays.stream(weights).sum()).isCloseTo(1, within(1e-9));
        double[] factors = Arrays.stream(weights).map(each -> each * tasks).toArray();
        double[] shortest = Batches.combined(factors, gradients);
        double square = Gram.dot(shortest, shortest);
        for (double[] gradient : gradients) {
            double length = Math.sqrt(Gram.dot(gradient, gradient));
            // The ridge that makes every subset solvable adds a billionth of a gradient's square to it.
            double ridge = 1e-9 * length * length;
            assertThat(Gram.dot(shortest, gradient))
                    .isGreaterThan(square - 1e-4 * length * Math.sqrt(square) - 1e-7 - ridge);
        }
    }

    /** The origin lies within the hull, and the gradients' squares are in the hundreds. */
    @Test
    void theShortestMixtureOfLongGradientsIsRightButForTheRidge() {
        theShortestMixtureLessensEveryTasksLoss(2162573262L, 11);
    }

    @Test
    void aTaskWithoutAGradientIsLeftOutAndOneAloneIsLeftAsItIs() {
        double[][] gradients = {{3, 0}, {0, 0}, {0, 1}};
        double[] withoutIt = Batches.factors(new NashBalancer(), new double[][] {{3, 0}, {0, 1}});
        assertThat(Batches.factors(new NashBalancer(), gradients))
                .containsExactly(new double[] {withoutIt[0], 1, withoutIt[1]}, within(1e-12));
        for (GradientBalancer balancer : List.of(
                new NashBalancer(),
                new CaGradBalancer(0.4),
                new MgdaBalancer(MgdaBalancer.Normalize.NORM),
                new AlignedBalancer(AlignedBalancer.Scale.MIN))) {
            assertThat(Batches.factors(balancer, new double[][] {{3, 4}})).containsExactly(1);
        }
    }
}
