package dev.polymath.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WindowsTest {
    /** A text of numbered tokens between two special ones, 0 and -1 in its ids. */
    private static Encoding text(int tokens) {
        int[] ids = IntStream.range(0, tokens + 2).toArray();
        ids[tokens + 1] = -1;
        int[] starts = IntStream.range(-1, tokens + 1).toArray();
        starts[tokens + 1] = -1;
        return new Encoding(ids, new int[tokens + 2], starts, starts.clone(), false);
    }

    @Test
    void aShortTextIsItsOnlyWindow() {
        Encoding text = text(6);
        Windows windows = Windows.of(text, 8);
        assertThat(windows.parts()).containsExactly(text);
        assertThat(windows.ofText(List.of(new float[] {3, 4}))).containsExactly(3, 4);
        assertThat(windows.ofTokens(List.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8})))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void windowsCoverALongTextAndOverlapByAQuarterAtLeast() {
        Windows windows = Windows.of(text(20), 10);
        assertThat(windows.parts()).hasSize(3).allSatisfy(part -> {
            assertThat(part.length()).isEqualTo(10);
            assertThat(part.ids()[0]).isZero();
            assertThat(part.ids()[9]).isEqualTo(-1);
        });
        assertThat(windows.starts()).containsExactly(1, 7, 13);
        assertThat(windows.parts().get(1).ids()).containsExactly(0, 7, 8, 9, 10, 11, 12, 13, 14, -1);
    }

    @Test
    void eachTokenIsTakenFromTheWindowWhereItStandsFarthestFromAnEdge() {
        Windows windows = Windows.of(text(20), 10);
        List<float[]> outputs = new ArrayList<>();
        for (int window = 0; window < 3; window++) {
            float[] output = new float[20];
            for (int at = 0; at < 10; at++) {
                output[2 * at] = windows.parts().get(window).ids()[at];
                output[2 * at + 1] = window;
            }
            outputs.add(output);
        }
        float[] tokens = windows.ofTokens(outputs);
        for (int token = 0; token < 22; token++) {
            assertThat(tokens[2 * token])
                    .as("token %d", token)
                    .isEqualTo(windows.whole().ids()[token]);
        }
        // 7 and 8 stand in two windows: 7 is the last but two of the first, and the first of the second.
        assertThat(tokens[2 * 7 + 1]).isZero();
        assertThat(tokens[2 * 9 + 1]).isEqualTo(1);
        assertThat(tokens[2 * 21 + 1]).isEqualTo(2);
    }

    @Test
    void outputsOfATextAreTheMeanOfTheWindowsBySharesThatSumToOne() {
        Windows windows = Windows.of(text(20), 10);
        List<float[]> same = List.of(new float[] {2, -1}, new float[] {2, -1}, new float[] {2, -1});
        assertThat(windows.ofText(same)).containsExactly(new float[] {2, -1}, within(1e-6f));
        float[] first = windows.ofText(List.of(new float[] {1}, new float[] {0}, new float[] {0}));
        assertThat(first[0]).isBetween(0.25f, 0.45f);
    }

    @Test
    void anyLengthIsCoveredWithoutGaps() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int tokens = random.nextInt(300);
            int most = 3 + random.nextInt(40);
            Windows windows = Windows.of(text(tokens), most);
            List<float[]> outputs = new ArrayList<>();
            for (Encoding part : windows.parts()) {
                assertThat(part.length()).as("seed %d", seed).isLessThanOrEqualTo(Math.max(most, 2));
                float[] output = new float[part.length()];
                for (int i = 0; i < output.length; i++) output[i] = part.ids()[i];
                outputs.add(output);
            }
            float[] all = windows.ofTokens(outputs);
            for (int i = 0; i < all.length; i++) {
                assertThat(all[i]).as("seed %d", seed).isEqualTo(windows.whole().ids()[i]);
            }
        }
    }

    @Test
    void aWindowWithoutRoomIsRefused() {
        assertThatThrownBy(() -> Windows.of(text(5), 2)).isInstanceOf(IllegalArgumentException.class);
    }
}
