package dev.polymath.learn.habit;

import java.util.List;
import java.util.Map;

/**
 * Early stopping a task: once a task's primary metric on its dev rows has not passed its best for {@code patience} epochs
 * in a row, the task gives no more rows, while the others go on; when all rest, learning ends. A task that rests stays at
 * rest, though the others still move its backbone. A task without dev rows never rests. Prechelt 1998, <i>Early Stopping -
 * but When?</i>; a task at a time, since tasks need not learn equally fast: Caruana 1997, <i>Multitask Learning</i>,
 * Machine Learning 28, 41-75.
 *
 * @param patience epochs, 1 or more; default 1
 */
public record EarlyStopping(int patience) implements Habit {
    public EarlyStopping {
        if (patience < 1) throw new IllegalArgumentException("a patience of " + patience + " epochs");
    }

    @Override
    public boolean learns(String task, List<Map<String, Double>> scores) {
        double best = Double.NEGATIVE_INFINITY;
        int since = 0;
        for (Map<String, Double> epoch : scores) {
            Double score = epoch.get(task);
            if (score == null) return true;
            since = score > best ? 0 : since + 1;
            if (since == patience) return false;
            if (score > best) best = score;
        }
        return true;
    }
}
