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
}
