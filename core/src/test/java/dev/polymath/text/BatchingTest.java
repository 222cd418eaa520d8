package dev.polymath.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class BatchingTest {
    @Example
    void fillsBatchesFromLongToShort() {
        assertThat(Batching.byLength(new int[] {3, 9, 2, 4, 2}, 8))
                .containsExactly(List.of(1), List.of(3, 0), List.of(2, 4));
        assertThat(Batching.byLength(new int[0], 8)).isEmpty();
        assertThatThrownBy(() -> Batching.byLength(new int[] {1}, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 300)
    void everyRowIsInOneBatchAndNoBatchIsOverTheBudget(
            @ForAll @Size(max = 60) List<@IntRange(max = 50) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 200) int budget) {
        int[] tokens = lengths.stream().mapToInt(i -> i).toArray();
        List<List<Integer>> batches = Batching.byLength(tokens, budget);
        List<Integer> seen = new ArrayList<>();
        for (List<Integer> batch : batches) {
            int longest = batch.stream().mapToInt(row -> tokens[row]).max().orElseThrow();
            assertThat(batch.size() == 1 || batch.size() * longest <= budget).isTrue();
            seen.addAll(batch);
        }
        assertThat(seen).doesNotHaveDuplicates().hasSize(tokens.length);
        for (int i = 1; i < seen.size(); i++) {
            assertThat(tokens[seen.get(i)]).isLessThanOrEqualTo(tokens[seen.get(i - 1)]);
        }
        assertThat(Batching.byLength(tokens, budget)).isEqualTo(batches);
    }

    @Example
    void aBatchOfTokensIsPaddedOnTheRight() {
        Encoding one = new Encoding(new int[] {5}, new int[] {0}, new int[] {-1}, new int[] {-1}, false);
        Encoding two = new Encoding(new int[] {6, 7}, new int[] {0, 1}, new int[] {-1, 0}, new int[] {-1, 1}, false);
        TokenBatch batch = TokenBatch.of(List.of(one, two), 9);
        assertThat(batch.ids().longs()).containsExactly(5, 9, 6, 7);
        assertThat(batch.mask().longs()).containsExactly(1, 0, 1, 1);
        assertThat(batch.types().longs()).containsExactly(0, 0, 0, 1);
        assertThat(batch.ids().shape()).containsExactly(2, 2);
        assertThat(batch.rows()).isEqualTo(2);
        assertThat(batch.tokens()).isEqualTo(2);
        assertThatThrownBy(() -> TokenBatch.of(List.of(), 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
