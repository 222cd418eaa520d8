package dev.polymath.task;

import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.embedding.EmbeddingLoss;
import dev.polymath.weights.Array;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the texts of a batch are to each other, as {@link EmbeddingLoss} reads it. The sequences of a row lie side by side:
 * its first text, its second, its wrong ones.
 *
 * <p>Each anchor's candidates are the texts behind the first of all rows. A text that belongs to the anchor by another row,
 * or by what its label knows, counts as a match wherever it stands, and so never as a wrong one.
 */
final class Relations {
    private final List<Example> rows;
    /** Where each row's sequences begin. */
    private final int[] from;

    private final int size;

    Relations(List<Example> rows) {
        this.rows = rows;
        this.from = new int[rows.size()];
        int at = 0;
        for (int row = 0; row < from.length; row++) {
            from[row] = at;
            at += 1 + Embedder.others(rows.get(row)).size();
        }
        this.size = at;
    }

    Target target(EmbeddingLoss.Reads reads) {
        float[] values = new float[size * size];
        float[] weights = new float[size * size];
        switch (reads) {
            case MATCHES -> matches(values, weights);
            case SCORES -> scores(values, weights);
            case TEACHER -> teacher(values, weights);
        }
        return new Target(Array.of(values, size, size), Array.of(weights, size, size));
    }

    private void scores(float[] values, float[] weights) {
        for (int row = 0; row < from.length; row++) {
            if (!(rows.get(row).label() instanceof Label.Number score)) continue;
            int pair = from[row] * size + from[row] + 1;
            values[pair] = (float) score.value();
            weights[pair] = 1;
        }
    }

    private void teacher(float[] values, float[] weights) {
        for (int row = 0; row < from.length; row++) {
            Label.Match match = Embedder.match(rows.get(row));
            if (match == null) continue;
            for (int i = 0; i < match.scores().size(); i++) {
                int pair = from[row] * size + from[row] + 1 + i;
                values[pair] = match.scores().get(i).floatValue();
                weights[pair] = i == 0 ? 2 : 1;
            }
        }
    }

    private void matches(float[] values, float[] weights) {
        Map<String, Set<String>> known = new HashMap<>();
        List<List<String>> texts = new ArrayList<>();
        for (Example row : rows) {
            texts.add(Embedder.others(row));
            Label.Match match = Embedder.match(row);
            if (match == null) continue;
            Set<String> all = known.computeIfAbsent(row.text(), text -> new HashSet<>());
            all.addAll(match.matches());
            all.add(row.text2());
        }
        for (int row = 0; row < from.length; row++) {
            if (Embedder.match(rows.get(row)) == null) continue;
            Set<String> own = known.get(rows.get(row).text());
            for (int other = 0; other < from.length; other++) {
                List<String> candidates = texts.get(other);
                for (int i = 0; i < candidates.size(); i++) {
                    int pair = from[row] * size + from[other] + 1 + i;
                    weights[pair] = 1;
                    if (own.contains(candidates.get(i))) values[pair] = 1;
                }
            }
        }
    }
}
