package dev.polymath.learn;

import dev.polymath.data.Example;
import dev.polymath.task.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A task with the rows to learn it from.
 *
 * @param train labelled rows to learn from
 * @param dev labelled rows to choose the best epoch by, and to fit thresholds on; may be empty
 */
public record TaskRows(Task task, List<Example> train, List<Example> dev) {
    public TaskRows {
        train = List.copyOf(train);
        dev = List.copyOf(dev);
        if (train.isEmpty()) throw new IllegalArgumentException(task.name() + " has no rows to learn from");
    }

    /** At most so many rows of each split, the same ones each time, in their order. */
    TaskRows cut(int most) {
        return new TaskRows(task, some(train, most), some(dev, most));
    }

    /** At most so many of the rows, the same ones each time, in their order. */
    public static List<Example> some(List<Example> rows, int most) {
        if (rows.size() <= most) return rows;
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) places.add(i);
        Collections.shuffle(places, new Random(most));
        return places.subList(0, most).stream().sorted().map(rows::get).toList();
    }
}
