package dev.polymath.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;

/** Reports as tables. */
final class Reports {
    /** The key of {@code report.json} that names the project file. */
    static final String PROJECT = "project";

    private Reports() {}

    /** A row a task with its metrics on a split, the primary one first, and the mean of the primary ones. */
    static String table(ObjectNode report, String split) {
        TextTable table = new TextTable().row("task", "type", "rows", "metric", "x100", "other metrics x100");
        double sum = 0;
        int tasks = 0;
        for (Map.Entry<String, JsonNode> task : report.get("tasks").properties()) {
            JsonNode measured = task.getValue().get(split);
            if (measured == null || measured.get("n").asInt() == 0) continue;
            String primary = null;
            StringBuilder others = new StringBuilder();
            for (Map.Entry<String, JsonNode> metric : measured.properties()) {
                if (metric.getKey().equals("n")) continue;
                if (primary == null) primary = metric.getKey();
                else
                    others.append(metric.getKey())
                            .append(' ')
                            .append(hundredfold(metric.getValue()))
                            .append("  ");
            }
            if (primary == null) continue;
            sum += measured.get(primary).asDouble();
            tasks++;
            table.row(
                    task.getKey(),
                    task.getValue().get("type").asText(),
                    measured.get("n").asText(),
                    primary,
                    hundredfold(measured.get(primary)),
                    others.toString().strip());
        }
        if (tasks == 0) return "  no task has rows in the split '" + split + "'\n";
        table.row("mean of " + tasks, "", "", "", String.format(Locale.ROOT, "%.2f", 100 * sum / tasks));
        return table.toString();
    }

    private static String hundredfold(JsonNode value) {
        return String.format(Locale.ROOT, "%.2f", 100 * value.asDouble());
    }
}
