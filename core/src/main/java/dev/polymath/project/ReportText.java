package dev.polymath.project;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A {@link Report} as lines for a terminal. */
final class ReportText {
    /** More labels than these are told by the most and the least frequent. */
    private static final int LISTED = 8;

    private final Report report;
    private final StringBuilder text = new StringBuilder();
    private final int nameWidth;

    ReportText(Report report) {
        this.report = report;
        this.nameWidth = Math.max(
                4,
                report.tasks().stream()
                        .mapToInt(task -> task.name().length())
                        .max()
                        .orElse(0));
        table();
        listed("warning", report.warnings());
        listed("problem", report.problems());
        line("");
        if (report.sound()) line("No problem found: training can start.");
        else line("Training cannot start before the problems are mended.");
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }

    private void table() {
        long rows = report.tasks().stream()
                .flatMap(task -> task.splits().stream())
                .mapToLong(SplitReport::rows)
                .sum();
        line("%s: %s, %s", report.file(), count(report.tasks().size(), "task"), count(rows, "row"));
        if (report.tasks().isEmpty()) return;
        line("Lengths in %s: half of the texts, 95 of a hundred, all are at most so long.", report.unit());
        line("");
        row("task", "type", "split", "rows", "50 %", "95 %", "100 %", "cut");
        for (TaskReport task : report.tasks()) task(task);
    }

    private void row(Object... cells) {
        line("%-" + nameWidth + "s  %-10s  %-5s  %7s  %6s  %6s  %7s  %6s", cells);
    }

    private void task(TaskReport task) {
        String name = task.name();
        String type = task.type();
        if (task.splits().isEmpty()) row(name, type, "not read: see the problems", "", "", "", "", "");
        for (SplitReport split : task.splits()) {
            SplitReport.Lengths lengths = split.lengths();
            row(name, type, split.name(), split.rows(), lengths.p50(), lengths.p95(), lengths.max(), split.cut());
            name = "";
            type = "";
        }
        for (String remark : remarks(task)) line("%-" + nameWidth + "s  %s", "", remark);
    }

    private static List<String> remarks(TaskReport task) {
        List<String> remarks = new ArrayList<>();
        if (task.splits().isEmpty()) return remarks;
        SplitReport train = task.splits().get(0);
        if (train.numbers() != null) {
            SplitReport.Numbers numbers = train.numbers();
            remarks.add(String.format(
                    Locale.ROOT,
                    "numbers from %s to %s, mean %.3g",
                    plain(numbers.least()),
                    plain(numbers.most()),
                    numbers.mean()));
        }
        if (!train.labels().isEmpty()) remarks.add(labels(train.labels()));
        if (task.skipped() > 0) remarks.add(count(task.skipped(), "row") + " without a label skipped");
        return remarks;
    }

    private static String plain(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15 ? String.valueOf((long) number) : "" + number;
    }

    private static String labels(Map<String, Long> labels) {
        List<String> each = labels.entrySet().stream()
                .map(label -> label.getKey() + " " + label.getValue())
                .toList();
        if (each.size() <= LISTED) return each.size() + " labels: " + String.join(", ", each);
        return each.size() + " labels, from " + each.get(0) + " to " + each.get(each.size() - 1);
    }

    private void listed(String what, List<Problem> problems) {
        if (problems.isEmpty()) return;
        line("");
        line("%s:", count(problems.size(), what));
        line("%s", problems.stream().map(problem -> "  " + problem).collect(Collectors.joining("\n")));
    }

    private static String count(long count, String what) {
        return String.format(Locale.ROOT, "%d %s%s", count, what, count == 1 ? "" : "s");
    }
}
