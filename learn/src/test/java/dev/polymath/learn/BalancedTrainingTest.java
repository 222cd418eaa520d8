package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.learn.balance.Balancers;
import dev.polymath.project.Part;
import dev.polymath.project.PartSpec;
import dev.polymath.project.Parts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every balancer of the catalogue in a run: what the trainer hands them, and what it makes of their factors. */
class BalancedTrainingTest {
    static Stream<PartSpec> balancers() {
        Stream<PartSpec> plain =
                Balancers.CATALOGUE.parts().stream().map(Part::name).map(name -> new PartSpec(name, Map.of()));
        return Stream.concat(
                plain,
                Stream.of(new PartSpec("sam", Map.of("with", "cagrad")), new PartSpec("sam", Map.of("with", "famo"))));
    }

    @BeforeEach
    void oneThread() {
        torch.set_num_threads(1);
    }

    @ParameterizedTest
    @MethodSource("balancers")
    void theMeanLossFallsUnderEveryBalancer(PartSpec balance) {
        List<Double> losses = new ArrayList<>();
        Set<Double> factors = new HashSet<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void step(long step, double loss, long tokens, double seconds) {
                losses.add(loss);
            }

            @Override
            public void factors(long step, Map<String, Double> ofStep) {
                factors.addAll(ofStep.values());
            }
        };
        Parts parts = new Parts(Given.PARTS.sharing(), balance, Given.PARTS.sampling(), List.of());
        new Trainer(Given.bert(0), Given.rows("classify", "regress", "tag"), parts, Given.spec(6, 1))
                .train(null, false, listener, () -> false);
        int tenth = losses.size() / 10;
        assertThat(mean(losses.subList(losses.size() - tenth, losses.size())))
                .isLessThan(0.9 * mean(losses.subList(0, tenth)));
        assertThat(factors).allMatch(Double::isFinite);
        boolean plain =
                List.of("equal", "fixed").contains(balance.type()) || balance.equals(new PartSpec("sam", Map.of()));
        // The first period of dwa is longer than this run.
        if (plain || balance.type().equals("dwa")) assertThat(factors).containsOnly(1.0);
        else if (balance.type().equals("covariance")) assertThat(factors).hasSize(3);
        else assertThat(factors).hasSizeGreaterThan(10);
    }

    private static double mean(List<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
