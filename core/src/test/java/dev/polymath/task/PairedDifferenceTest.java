package dev.polymath.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedDifferenceTest {
    @Test
    void aDifferenceThatAllItemsShareIsCertain() {
        PairedDifference difference =
                PairedDifference.of(new double[] {0.9, 0.5, 0.7, 0.3}, new double[] {0.8, 0.4, 0.6, 0.2});
        assertThat(difference.mean()).isCloseTo(0.1, within(1e-12));
        assertThat(difference.low()).isCloseTo(0.1, within(1e-12));
        assertThat(difference.high()).isCloseTo(0.1, within(1e-12));
        assertThat(difference.p()).isCloseTo(2.0 / 10_001, within(1e-12));
    }

    @Test
    void waysThatDoNotDifferHaveNoInterval() {
        double[] same = {0.9, 0.1, 1.0 / 3};
        assertThat(PairedDifference.of(same, same)).isEqualTo(new PairedDifference(0, 0, 0, 1));
    }

    @Test
    void theOtherWayRoundItIsTheOpposite() {
        Random random = new Random(5);
        double[] one = random.doubles(40).toArray();
        double[] other = random.doubles(40).toArray();
        PairedDifference there = PairedDifference.of(one, other);
        PairedDifference back = PairedDifference.of(other, one);
        assertThat(back.mean()).isCloseTo(-there.mean(), within(1e-12));
        assertThat(back.low()).isCloseTo(-there.high(), within(1e-9));
        assertThat(back.p()).isEqualTo(there.p());
        assertThat(PairedDifference.of(one, other)).as("drawn by a fixed seed").isEqualTo(there);
    }

    /** The interval is near the normal one, of 1.96 standard errors, where there are many items. */
    @Test
    void theIntervalHasTheWidthOfTheStandardError() {
        Random random = new Random(9);
        double[] one = random.doubles(1000).toArray();
        double[] other = new double[1000];
        PairedDifference difference = PairedDifference.of(one, other);
        double mean = Arrays.stream(one).average().orElseThrow();
        double deviation =
                Math.sqrt(Arrays.stream(one).map(x -> (x - mean) * (x - mean)).sum() / 999);
        double width = 2 * 1.96 * deviation / Math.sqrt(1000);
        assertThat(difference.high() - difference.low()).isCloseTo(width, within(0.04 * width));
    }

    /** Of pairs without a difference, one in twenty looks like one at 5 %; with 40 items a little more. */
    @Test
    void chanceIsTakenForADifferenceAboutAsOftenAsAnnounced() {
        Random random = new Random(11);
        int wrong = 0;
        for (int trial = 0; trial < 300; trial++) {
            double[] one = random.doubles(40).toArray();
            double[] other = random.doubles(40).toArray();
            if (PairedDifference.of(one, other).p() < 0.05) wrong++;
        }
        assertThat(wrong / 300.0).isBetween(0.02, 0.09);
    }

    @Test
    void whatIsNoPairIsRefused() {
        assertThatThrownBy(() -> PairedDifference.of(new double[2], new double[3]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PairedDifference.of(new double[0], new double[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
