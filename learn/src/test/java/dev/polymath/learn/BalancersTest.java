package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

class BalancersTest {
    @Test
    void equalIsTheMeanOverTheRowsOfTheBatch() {
        try (PointerScope scope = new PointerScope()) {
            // One row with a loss of 2, three with a mean of 4: (2 + 3 * 4) / 4.
            Balancer.TaskLoss one = new Balancer.TaskLoss(0, 0.25, Tensors.of(Array.scalar(2)));
            Balancer.TaskLoss three = new Balancer.TaskLoss(2, 0.75, Tensors.of(Array.scalar(4)));
            Balancer balancer = Balancers.of(new PartSpec("equal", Map.of()));
            assertThat(Tensors.array(balancer.combine(List.of(one, three)))).isEqualTo(Array.scalar(3.5f));
        }
    }

    @Test
    void aBalancerThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> Balancers.of(new PartSpec("eqal", Map.of())))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("equal");
    }
}
