package dev.polymath.learn.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.learn.balance.Balancer.Probe;
import dev.polymath.learn.balance.Balancer.Setting;
import dev.polymath.project.PartSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CovarianceBalancerTest {
    /** One row in each direction and its opposite: the covariance with targets {@code X a} is {@code a / 2}. */
    private static final double[][] FEATURES = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};

    private static final List<Probe> PROBES = List.of(probe(2, 0), probe(2, 0), probe(0, 1));

    private final List<Integer> probed = new ArrayList<>();

    @Test
    void tasksCountByTheirShareOfTheFirstDirections() {
        // Thetas (1, 0), (1, 0), (0, 0.5): the first direction is (1, 0), with parts of 1, 1 and 0.
        assertThat(balancer(1).state()).containsExactly(new double[] {1.5, 1.5, 0}, within(1e-12));
        // With both directions the norms, 1, 1 and 0.5, over their mean of 5/6.
        assertThat(balancer(2).state()).containsExactly(new double[] {1.2, 1.2, 0.6}, within(1e-12));
        assertThat(balancer(9).state()).containsExactly(new double[] {1.2, 1.2, 0.6}, within(1e-12));
    }

    @Test
    void aTaskOfSeveralOutputsCountsWithAllOfThem() {
        double[][] targets = {{2, 0}, {-2, 0}, {0, 2}, {0, -2}};
        List<Probe> probes = List.of(new Probe(FEATURES, targets), probe(2, 0));
        // Norms of the square root of 2, and 1.
        double[] expected = {2 * Math.sqrt(2) / (1 + Math.sqrt(2)), 2 / (1 + Math.sqrt(2))};
        assertThat(new CovarianceBalancer(new Setting(List.of("a", "b"), probes::get), 3).state())
                .containsExactly(expected, within(1e-12));
    }

    @Test
    void whatAllFeaturesHaveInCommonDoesNotCount() {
        double[][] moved = new double[4][2];
        for (int row = 0; row < 4; row++) moved[row] = new double[] {FEATURES[row][0] + 7, FEATURES[row][1] - 5};
        List<Probe> probes =
                PROBES.stream().map(probe -> new Probe(moved, probe.targets())).toList();
        assertThat(new CovarianceBalancer(new Setting(List.of("a", "b", "c"), probes::get), 1).state())
                .containsExactly(new double[] {1.5, 1.5, 0}, within(1e-12));
    }

    @Test
    void factorsAreThoseOfTheBatchesTasksAndMeasuredOnce() {
        LossBalancer balancer = balancer(2);
        List<Balancer.TaskLoss> losses = List.of(new Balancer.TaskLoss(1, 0.5, 1), new Balancer.TaskLoss(2, 0.5, 1));
        for (int step = 0; step < 3; step++) {
            assertThat(balancer.factors(new Balancer.Step(step, 0, step), losses))
                    .containsExactly(new double[] {1.2, 0.6}, within(1e-12));
        }
        assertThat(probed).containsExactly(0, 1, 2);
    }

    @Test
    void aRunThatGoesOnTakesThemFromTheCheckpoint() {
        LossBalancer balancer = balancer(1);
        balancer.restore(new double[] {0.5, 1, 1.5});
        assertThat(balancer.state()).containsExactly(0.5, 1, 1.5);
        assertThat(probed).isEmpty();
    }

    @Test
    void tasksOfWhichNothingIsToldCountTheSame() {
        assertThat(new CovarianceBalancer(new Setting(List.of("a", "b"), task -> probe(0, 0)), 1).state())
                .containsExactly(1, 1);
    }

    private LossBalancer balancer(int rank) {
        Setting setting = new Setting(List.of("a", "b", "c"), task -> {
            probed.add(task);
            return PROBES.get(task);
        });
        return (LossBalancer)
                Balancers.of(new PartSpec("covariance", Map.of("rank", rank))).create(setting);
    }

    private static Probe probe(double a, double b) {
        double[][] targets = new double[4][1];
        for (int row = 0; row < 4; row++) targets[row][0] = a * FEATURES[row][0] + b * FEATURES[row][1];
        return new Probe(FEATURES, targets);
    }
}
