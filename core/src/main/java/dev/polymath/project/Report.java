package dev.polymath.project;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;

/**
 * What a check found.
 *
 * @param file the project file
 * @param unit what lengths of texts are counted in: {@code words}, {@code tokens}
 * @param tasks in the order of the project file
 * @param problems what must be mended before training
 * @param warnings what works and may still be a slip
 */
public record Report(Path file, String unit, List<TaskReport> tasks, List<Problem> problems, List<Problem> warnings) {
    public Report {
        tasks = List.copyOf(tasks);
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    /** Whether training can start. */
    public boolean sound() {
        return problems.isEmpty();
    }

    /** The report as lines for a terminal: a table of splits, each task's labels, warnings, problems. */
    public String toText() {
        return new ReportText(this).toString();
    }

    /** The report as JSON: {@code file}, {@code unit}, {@code tasks} by name, {@code problems}, {@code warnings}. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("file", file.toString()).put("unit", unit).put("sound", sound());
        ObjectNode byName = json.putObject("tasks");
        for (TaskReport task : tasks) {
            ObjectNode each = byName.putObject(task.name());
            each.put("type", task.type()).put("skipped", task.skipped());
            ObjectNode splits = each.putObject("splits");
            for (SplitReport split : task.splits()) put(split, splits.putObject(split.name()));
        }
        put(problems, json.putArray("problems"));
        put(warnings, json.putArray("warnings"));
        return json;
    }

    private static void put(SplitReport split, ObjectNode json) {
        json.put("file", split.file().toString()).put("rows", split.rows());
        ObjectNode labels = json.putObject("labels");
        split.labels().forEach(labels::put);
        if (split.numbers() != null) {
            json.putObject("numbers")
                    .put("least", split.numbers().least())
                    .put("mean", split.numbers().mean())
                    .put("most", split.numbers().most());
        }
        json.putObject("lengths")
                .put("p50", split.lengths().p50())
                .put("p95", split.lengths().p95())
                .put("max", split.lengths().max());
        json.put("cut", split.cut()).put("repeated", split.repeated());
        ObjectNode shared = json.putObject("shared");
        split.shared().forEach(shared::put);
    }

    private static void put(List<Problem> problems, ArrayNode json) {
        for (Problem problem : problems) {
            ObjectNode each = json.addObject();
            if (problem.file() != null) each.put("file", problem.file().toString());
            if (problem.line() > 0) each.put("line", problem.line());
            each.put("message", problem.message());
        }
    }
}
