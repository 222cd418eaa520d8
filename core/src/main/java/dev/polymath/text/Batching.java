package dev.polymath.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Groups texts of like length into batches, so that little of a batch is padding. */
public final class Batching {
    private Batching() {}

    /**
     * Every row once, the longest first, in batches of at most {@code budget} tokens, padding included; a row that is
     * longer than the budget is a batch by itself. The same lengths always give the same batches.
     *
     * @param lengths tokens of each row
     * @param budget the most tokens of a batch: its rows times the tokens of its longest
     * @return batches of indices into {@code lengths}; each batch, like the whole, from long to short, rows of one length
     *     in their order
     * @throws IllegalArgumentException if the budget is below 1
     */
    public static List<List<Integer>> byLength(int[] lengths, int budget) {
        if (budget < 1) throw new IllegalArgumentException("a budget of " + budget + " tokens");
        List<Integer> order = IntStream.range(0, lengths.length)
                .boxed()
                .sorted(Comparator.comparing((Integer row) -> -lengths[row]))
                .toList();
        List<List<Integer>> batches = new ArrayList<>();
        for (int from = 0; from < order.size(); ) {
            int longest = Math.max(1, lengths[order.get(from)]);
            int to = Math.min(order.size(), from + Math.max(1, budget / longest));
            batches.add(List.copyOf(order.subList(from, to)));
            from = to;
        }
        return batches;
    }
}
