package dev.polymath.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MpnetTest {
    /** The least distance of each bucket, as transformers' MPNetEncoder.relative_position_bucket has it. */
    private static final int[] LEAST = {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91};

    @Test
    void distancesShareBucketsOnALogarithmicScaleLeftAndRightApart() {
        int bucket = 0;
        for (int distance = 0; distance <= 600; distance++) {
            if (bucket + 1 < LEAST.length && distance == LEAST[bucket + 1]) bucket++;
            assertThat(Mpnet.bucket(-distance)).as("%d to the left", distance).isEqualTo(bucket);
            if (distance > 0) {
                assertThat(Mpnet.bucket(distance))
                        .as("%d to the right", distance)
                        .isEqualTo(16 + bucket);
            }
        }
    }
}
