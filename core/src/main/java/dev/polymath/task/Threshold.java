package dev.polymath.task;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Finds the one threshold for all labels of a multilabel task. */
final class Threshold {
    private Threshold() {}

    private record Scored(double score, boolean present) {}

    /**
     * The threshold {@code t} that maximises micro-averaged F1 of "score at least t", over every cut between two
     * different scores; halfway between the two.
     *
     * @param scores each row's scores, one a label
     * @param present which labels each row has
     * @param otherwise what to give where no threshold gives an F1 over 0
     */
    static double best(List<double[]> scores, List<boolean[]> present, double otherwise) {
        int labels = scores.isEmpty() ? 0 : scores.get(0).length;
        Scored[] all = new Scored[scores.size() * labels];
        int positives = 0;
        for (int i = 0; i < all.length; i++) {
            boolean has = present.get(i / labels)[i % labels];
            all[i] = new Scored(scores.get(i / labels)[i % labels], has);
            if (has) positives++;
        }
        Arrays.sort(all, Comparator.comparingDouble(Scored::score).reversed());
        double best = otherwise;
        double bestF1 = 0;
        int hits = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i].present) hits++;
            double lower = i + 1 < all.length ? all[i + 1].score : 0;
            if (i + 1 < all.length && lower == all[i].score) continue;
            double f1 = 2.0 * hits / (i + 1 + positives);
            if (f1 <= bestF1) continue;
            bestF1 = f1;
            double middle = (all[i].score + lower) / 2;
            best = middle > lower ? middle : all[i].score;
        }
        return best;
    }
}
