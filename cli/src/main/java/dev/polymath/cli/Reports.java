package dev.polymath.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.run.Evaluation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** A table for each task with vectors within its vectors, by depth and width; nothing where there is none. */
    static String nested(ObjectNode report) {
        StringBuilder tables = new StringBuilder();
        for (Map.Entry<String, JsonNode> task : report.get("tasks").properties()) {
            JsonNode nested = task.getValue().path(Evaluation.NESTED);
            if (nested.isEmpty()) continue;
            Map<String, List<String>> byDepth = new LinkedHashMap<>();
            List<String> header = new ArrayList<>(List.of(""));
            String metric = "";
            for (JsonNode each : nested) {
                List<String> row = byDepth.computeIfAbsent(
                        each.get("depth").asText() + " layers", depth -> new ArrayList<>(List.of(depth)));
                metric = each.properties().stream()
                        .reduce((first, last) -> last)
                        .orElseThrow()
                        .getKey();
                row.add(hundredfold(each.get(metric)));
                if (byDepth.size() == 1) header.add(each.get("dimensions").asText());
            }
            header.set(0, "numbers of a vector");
            TextTable table = new TextTable().row(header.toArray(String[]::new));
            byDepth.values().forEach(row -> table.row(row.toArray(String[]::new)));
            tables.append("\n")
                    .append(task.getKey())
                    .append(": ")
                    .append(metric)
                    .append(" x100\n")
                    .append(table);
        }
        return tables.toString();
    }

    private static String hundredfold(JsonNode value) {
        return String.format(Locale.ROOT, "%.2f", 100 * value.asDouble());
    }
}
