package dev.polymath.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExactSearchTest {
    @Test
    void theNearestComeFirstAndOfEquallyNearTheLaterId() {
        ExactSearch search = new ExactSearch(
                List.of("a", "b", "c", "d"),
                List.of(new float[] {1, 0}, new float[] {0, 1}, new float[] {1, 0}, new float[] {0.6f, 0.8f}));
        List<Scored> found = search.search(new float[] {1, 0}, 10);
        assertThat(found).extracting(Scored::id).containsExactly("c", "a", "d", "b");
        assertThat(found.get(2).score()).isCloseTo(0.6, within(1e-6));
        assertThat(search.search(new float[] {1, 0}, 1)).isEqualTo(found.subList(0, 1));
    }

    @Test
    void theBestOfManyAreThoseOfAllSorted() {
        Random random = new Random(4);
        List<String> ids = new ArrayList<>();
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            ids.add("p" + i);
            // Few different numbers make many ties.
            vectors.add(new float[] {random.nextInt(3), random.nextInt(3), -random.nextInt(2)});
        }
        ExactSearch search = new ExactSearch(ids, vectors);
        float[] query = {1, 2, 0.5f};
        List<Scored> all = search.search(query, 500);
        assertThat(all).hasSize(200).isSortedAccordingTo(Scored.BEST_FIRST);
        for (int top : List.of(1, 7, 100)) assertThat(search.search(query, top)).isEqualTo(all.subList(0, top));
    }

    @Test
    void vectorsOfOtherWidthsAreRefused() {
        assertThatThrownBy(() -> new ExactSearch(List.of("a"), List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ExactSearch(List.of("a", "b"), List.of(new float[2], new float[3])))
                .isInstanceOf(IllegalArgumentException.class);
        ExactSearch search = new ExactSearch(List.of("a"), List.of(new float[2]));
        assertThatThrownBy(() -> search.search(new float[3], 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> search.search(new float[2], 0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new ExactSearch(List.of(), List.of()).search(new float[3], 1))
                .isEmpty();
    }
}
