package dev.polymath.learn.habit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import dev.polymath.project.PartSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HabitsTest {
    @Test
    void aHabitIsMadeWithItsDefaultsAndWithKnobs() {
        assertThat(made("gradient-noise", Map.of())).isEqualTo(new GradientNoise(0.3, 0.55, true));
        assertThat(made("gradient-noise", Map.of("eta", 0.01, "relative", false)))
                .isEqualTo(new GradientNoise(0.01, 0.55, false));
        assertThat(made("early-stopping", Map.of())).isEqualTo(new EarlyStopping(1));
    }

    @Test
    void whatIsNoKnobOfItIsRefused() {
        assertThatThrownBy(() -> made("gradient-noice", Map.of()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("did you mean 'gradient-noise'?");
        assertThatThrownBy(() -> made("gradient-noise", Map.of("relative", "yes")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("relative is yes; it must be true or false");
        assertThatThrownBy(() -> made("early-stopping", Map.of("patience", 0)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("patience is 0; it must be a whole number from 1");
    }

    private static Habit made(String type, Map<String, Object> knobs) {
        return Habits.of(List.of(new PartSpec(type, knobs))).get(0).create(null);
    }
}
