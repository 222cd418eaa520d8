package dev.polymath.learn.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;
import dev.polymath.learn.Given;
import dev.polymath.project.PartSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LossBalancersTest {
    @Test
    void fixedWeightsGoByTheTasksNamesAndAre1WhereNotGiven() {
        Balancer fixed = Batches.balancer("fixed", Map.of("weights", Map.of("c", 0, "a", 2.5)), "a", "b", "c");
        List<Balancer.TaskLoss> losses = Batches.losses(1, 1, 1);
        assertThat(((LossBalancer) fixed).factors(Batches.step(0), losses)).containsExactly(2.5, 1, 0);
        assertThat(((LossBalancer) fixed).factors(Batches.step(1), losses.subList(2, 3)))
                .containsExactly(0);
    }

    @Test
    void aFixedWeightOfNoTaskIsRefused() {
        Balancer.Kind kind = Balancers.of(new PartSpec("fixed", Map.of("weights", Map.of("intnt", 2))));
        assertThatThrownBy(() -> kind.check(Map.of("intent", "classify", "stars", "ordinal")))
                .isInstanceOf(InputException.class)
                .hasMessage("balance fixed: weights names a task 'intnt', which there is not; did you mean 'intent'?");
    }

    @Test
    void uncertaintyComesToRestAtOneOverTheLoss() {
        LossBalancer balancer = new UncertaintyBalancer(3, 0.01);
        List<Balancer.TaskLoss> losses = Batches.losses(0.5, 1, 4);
        assertThat(balancer.factors(Batches.step(0), losses)).containsExactly(1, 1, 1);
        double[] factors = null;
        for (int step = 1; step < 2000; step++) factors = balancer.factors(Batches.step(step), losses);
        assertThat(factors).containsExactly(new double[] {2, 1, 0.25}, within(0.01));
    }

    @Test
    void uncertaintyOfALossOf0IsBounded() {
        LossBalancer balancer = new UncertaintyBalancer(1, 1);
        for (int step = 0; step < 100; step++) balancer.factors(Batches.step(step), Batches.losses(0));
        assertThat(balancer.factors(Batches.step(100), Batches.losses(0))[0]).isCloseTo(1000, within(1e-6));
    }

    @Test
    void randomWeightsHaveMean1InEachStepAndForEachTask() {
        LossBalancer balancer = new RandomBalancer();
        int steps = 20_000;
        double[] means = new double[3];
        double least = 1;
        for (int step = 0; step < steps; step++) {
            double[] factors = balancer.factors(Batches.step(step), Batches.losses(1, 5, 0.1));
            assertThat(Arrays.stream(factors).sum()).isCloseTo(3, within(1e-9));
            least = Math.min(least, factors[0]);
            for (int task = 0; task < 3; task++) means[task] += factors[task] / steps;
        }
        assertThat(means).containsExactly(new double[] {1, 1, 1}, within(0.02));
        assertThat(least).isLessThan(0.1);
    }

    @Test
    void averagesOfTwoPeriodsMakeTheWeightsOfTheThird() {
        LossBalancer balancer = (LossBalancer) Batches.balancer("dwa", Map.of("period", 2), "a", "b", "c");
        // a: 2, then 1; b: 1, then 2; c is there in the second period only, so that its ratio is not yet known.
        List<List<Balancer.TaskLoss>> batches =
                List.of(Batches.losses(1, 1), Batches.losses(3, 1), Batches.losses(1, 3, 9), Batches.losses(1, 1, 9));
        for (int step = 0; step < 4; step++) {
            assertThat(balancer.factors(Batches.step(step), batches.get(step))).containsOnly(1);
        }
        double a = Math.exp(0.5 / 2);
        double b = Math.exp(2.0 / 2);
        double c = Math.exp(1.0 / 2);
        double mean = (a + b + c) / 3;
        assertThat(balancer.factors(Batches.step(4), Batches.losses(1, 1, 1)))
                .containsExactly(new double[] {a / mean, b / mean, c / mean}, within(1e-12));
        assertThat(balancer.factors(Batches.step(5), Batches.losses(1, 1, 1).subList(1, 2)))
                .containsExactly(new double[] {b / mean}, within(1e-12));
    }

    /** See tools/make_balancer_fixtures.py. */
    @Test
    void famoFollowsThePublishedAlgorithm() {
        int steps = 0;
        for (JsonNode run : Given.json("balancers.json").get("famo")) {
            LossBalancer balancer = null;
            for (JsonNode step : run) {
                double[] before = numbers(step.get("before"));
                if (balancer == null) balancer = new FamoBalancer(before.length, 0.025, 0.001);
                assertThat(balancer.factors(Batches.step(steps), Batches.losses(before)))
                        .containsExactly(numbers(step.get("factors")), within(1e-6));
                balancer.after(Batches.step(steps++), Batches.losses(numbers(step.get("after"))));
            }
        }
        assertThat(steps).isEqualTo(8);
    }

    @Test
    void famoTurnsToTheTaskWhoseLossFallsMoreSlowly() {
        LossBalancer balancer = new FamoBalancer(2, 0.025, 0.001);
        List<Balancer.TaskLoss> losses = Batches.losses(1, 1);
        for (int step = 0; step < 50; step++) {
            balancer.factors(Batches.step(step), losses);
            balancer.after(Batches.step(step), Batches.losses(0.5, 0.9));
        }
        double[] factors = balancer.factors(Batches.step(50), losses);
        assertThat(factors[1]).isGreaterThan(2 * factors[0]);
    }

    static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        for (int i = 0; i < numbers.length; i++) numbers[i] = array.get(i).doubleValue();
        return numbers;
    }
}
