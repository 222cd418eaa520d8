package dev.polymath;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    @Test
    void theNearestChoiceIsSuggested() {
        assertThat(Nearest.suggest("refnd", List.of("delivery", "refund", "other")))
                .isEqualTo("did you mean 'refund'?");
        assertThat(Nearest.suggest("REFUND", List.of("refute", "refund"))).isEqualTo("did you mean 'refund'?");
        assertThat(Nearest.suggest("x", List.of())).isEmpty();
    }

    @Test
    void theDistanceIsThatOfLevenshtein() {
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
        assertThat(Nearest.distance("abc", "")).isEqualTo(3);
        assertThat(Nearest.distance("same", "same")).isZero();
    }
}
