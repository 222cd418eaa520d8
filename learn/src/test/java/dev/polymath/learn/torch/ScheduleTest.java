package dev.polymath.learn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void theRateRisesToThePeakAndFallsToZero() {
        Schedule schedule = new Schedule(0.8, 0.2, 20);
        assertThat(schedule.rate(0)).isEqualTo(0.2);
        assertThat(schedule.rate(2)).isCloseTo(0.6, within(1e-12));
        assertThat(schedule.rate(3)).as("the last step of the warm-up").isEqualTo(0.8);
        assertThat(schedule.rate(4)).as("the first step after it").isEqualTo(0.8);
        assertThat(schedule.rate(12)).isEqualTo(0.4);
        assertThat(schedule.rate(19)).as("the last step").isCloseTo(0.05, within(1e-12));
        assertThat(schedule.rate(20)).isZero();
        assertThat(schedule.rate(25)).as("past the end").isZero();
    }

    @Test
    void withoutWarmUpTheFirstStepHasThePeak() {
        Schedule schedule = new Schedule(0.8, 0, 4);
        assertThat(schedule.rate(0)).isEqualTo(0.8);
        assertThat(schedule.rate(3)).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void withNothingButWarmUpTheLastStepHasThePeak() {
        Schedule schedule = new Schedule(0.8, 1, 4);
        assertThat(schedule.rate(0)).isEqualTo(0.2);
        assertThat(schedule.rate(3)).isEqualTo(0.8);
    }

    @Test
    void aSingleStepHasARateAboveZero() {
        assertThat(new Schedule(0.8, 0.06, 1).rate(0)).isEqualTo(0.8);
        assertThat(new Schedule(0.8, 1, 1).rate(0)).isEqualTo(0.8);
    }
}
