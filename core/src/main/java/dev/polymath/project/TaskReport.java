package dev.polymath.project;

import java.util.List;

/**
 * What the data of a task hold.
 *
 * @param name the task's
 * @param type its kind
 * @param skipped rows without a label, of all files together
 * @param splits train, dev and test, those that have rows; none where problems kept the task from being read
 */
public record TaskReport(String name, String type, long skipped, List<SplitReport> splits) {
    public TaskReport {
        splits = List.copyOf(splits);
    }
}
