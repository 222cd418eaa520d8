package dev.polymath.learn.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import dev.polymath.project.PartSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BalancersTest {
    @Test
    void equalIsTheMeanOverTheRowsOfTheBatch() {
        Balancer equal =
                Balancers.of(new PartSpec("equal", Map.of())).create(new Balancer.Setting(List.of("a", "b"), null));
        List<Balancer.TaskLoss> losses = List.of(new Balancer.TaskLoss(0, 0.25, 2), new Balancer.TaskLoss(1, 0.75, 4));
        assertThat(((LossBalancer) equal).factors(new Balancer.Step(0, 0, 1), losses))
                .containsExactly(1, 1);
    }

    @Test
    void aBalancerThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> Balancers.of(new PartSpec("eqal", Map.of())))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("equal");
    }

    @Test
    void samHoldsAnotherBalancer() {
        SharpnessAware plain = (SharpnessAware) Batches.balancer("sam", Map.of(), "a");
        assertThat(plain.inner()).isInstanceOf(EqualBalancer.class);
        assertThat(plain.radius()).isEqualTo(0.05);
        Map<String, Object> cagrad = Map.of("type", "cagrad", "c", 0.2);
        SharpnessAware other = (SharpnessAware) Batches.balancer("sam", Map.of("with", cagrad, "radius", 0.1), "a");
        assertThat(other.inner()).isInstanceOf(CaGradBalancer.class);
        assertThat(other.radius()).isEqualTo(0.1);
    }

    @Test
    void samWithinSamIsRefused() {
        assertThatThrownBy(() -> Balancers.of(new PartSpec("sam", Map.of("with", "sam"))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("with is sam")
                .hasMessageContaining("name another balancer");
    }

    @Test
    void samRefusesWhatTheBalancerInItRefuses() {
        Map<String, Object> fixed = Map.of("type", "fixed", "weights", Map.of("starz", 2));
        Balancer.Kind kind = Balancers.of(new PartSpec("sam", Map.of("with", fixed)));
        kind.check(Map.of("starz", "ordinal"));
        assertThatThrownBy(() -> kind.check(Map.of("stars", "ordinal")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("did you mean 'stars'?");
    }
}
