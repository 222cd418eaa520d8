package dev.polymath.learn.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A comparison's tables in characters: aligned for a terminal, or in Markdown. */
public final class ComparisonText {
    /** Characters of a terminal's line; a wider table goes on below. */
    private static final int WIDTH = 110;

    private ComparisonText() {}

    /** Tables aligned by spaces, figures in ASCII; {@code *} marks a difference that is significant. */
    public static String toText(Summary summary) {
        StringBuilder out = new StringBuilder();
        out.append(summary.title()).append(": ").append(subject(summary)).append("\n\n");
        align(out, Table.variants(summary));
        out.append('\n');
        align(out, Table.tasks(summary));
        out.append('\n').append(legend(summary, "*")).append('\n');
        for (String failure : failures(summary))
            out.append("failed: ").append(failure).append('\n');
        return out.toString();
    }

    /** Markdown with tables (GitHub Flavored Markdown); triangles mark differences that are significant. */
    public static String toMarkdown(Summary summary) {
        StringBuilder out = new StringBuilder();
        out.append("# ").append(escape(summary.title())).append("\n\n");
        out.append(escape(subject(summary))).append("\n\n");
        markdown(out, Table.variants(summary));
        markdown(out, Table.tasks(summary));
        out.append(escape(legend(summary, "▲ better, ▼ worse"))).append('\n');
        for (String failure : failures(summary))
            out.append("- failed: ").append(escape(failure)).append('\n');
        return out.toString();
    }

    /** What was compared, in a line. */
    static String subject(Summary summary) {
        List<String> seeds = summary.seeds().stream().map(String::valueOf).toList();
        return counted(summary.variants().size(), "variant") + ", "
                + counted(summary.metrics().size(), "task") + ", "
                + (seeds.size() == 1
                        ? "seed " + seeds.get(0)
                        : seeds.size() + " seeds (" + String.join(", ", seeds) + ")");
    }

    private static String counted(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private static String legend(Summary summary, String mark) {
        String intervals = summary.seeds().size() > 1 ? ", mean over seeds with its 95 % interval" : "";
        String legend = "Primary metric on the test rows times 100" + intervals + ".";
        if (summary.variants().size() < 2) return legend;
        return legend + "\nDifferences are to " + summary.variants().get(0).name() + ", with a paired bootstrap's 95 % "
                + "interval.\n" + mark + ": significant at 5 %, corrected for all tasks (Holm).";
    }

    private static List<String> failures(Summary summary) {
        List<String> failures = new ArrayList<>();
        for (Summary.Row variant : summary.variants()) {
            for (String failure : variant.failures()) failures.add(variant.name() + ": " + failure);
        }
        return failures;
    }

    private static void align(StringBuilder out, Table table) {
        List<List<String>> rows = rows(table, ComparisonText::plain);
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], length(row.get(column)));
            }
        }
        int from = 1;
        while (from < columns) {
            int to = from;
            int width = widths[0];
            while (to < columns && (to == from || width + 2 + widths[to] <= WIDTH)) width += 2 + widths[to++];
            if (from > 1) out.append('\n');
            for (List<String> row : rows) align(out, row, widths, from, to);
            from = to;
        }
    }

    private static void align(StringBuilder out, List<String> row, int[] widths, int from, int to) {
        out.append(row.get(0)).append(" ".repeat(widths[0] - length(row.get(0))));
        for (int column = from; column < to; column++) {
            String cell = row.get(column);
            out.append("  ").append(" ".repeat(widths[column] - length(cell))).append(cell);
        }
        out.append('\n');
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static void markdown(StringBuilder out, Table table) {
        List<List<String>> rows = rows(table, ComparisonText::marked);
        for (int row = 0; row < rows.size(); row++) {
            out.append("| ")
                    .append(String.join(
                            " | ",
                            rows.get(row).stream().map(ComparisonText::escape).toList()))
                    .append(" |\n");
            if (row == 0)
                out.append("| --- |")
                        .append(" ---: |".repeat(rows.get(0).size() - 1))
                        .append('\n');
        }
        out.append('\n');
    }

    /** [lines + 1, columns + 1]: with the headings and the names. */
    private static List<List<String>> rows(Table table, Function<Table.Cell, String> write) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(table.corner()));
        head.addAll(table.columns());
        rows.add(head.stream().map(ComparisonText::line).toList());
        for (Table.Line line : table.lines()) {
            List<String> row = new ArrayList<>();
            row.add(line(line.note().isEmpty() ? line.name() : line.name() + " (" + line.note() + ")"));
            for (Table.Cell cell : line.cells()) row.add(write.apply(cell));
            rows.add(row);
        }
        return rows;
    }

    private static String plain(Table.Cell cell) {
        String mark = cell.verdict() == Table.Verdict.OPEN ? "" : "*";
        if (cell.figure().isEmpty()) return Figures.ascii(join(cell.difference() + mark, cell.range()));
        String difference = cell.difference().isEmpty() ? "" : "(" + cell.difference() + ")";
        // A blank for the mark that is not there keeps the figures one below the other.
        return Figures.ascii(join(cell.figure(), difference)) + (mark.isEmpty() ? " " : mark);
    }

    private static String marked(Table.Cell cell) {
        String difference = join(cell.difference(), cell.range(), cell.verdict().mark);
        if (cell.figure().isEmpty() || difference.isEmpty()) return cell.figure() + difference;
        return cell.figure() + "; " + difference;
    }

    private static String join(String... parts) {
        List<String> there = new ArrayList<>();
        for (String part : parts) if (!part.isEmpty()) there.add(part);
        return String.join(" ", there);
    }

    private static String line(String text) {
        return text.replaceAll("\\R", " ");
    }

    private static String escape(String text) {
        return line(text).replace("&", "&amp;").replaceAll("[\\\\`*_\\[\\]<>|]", "\\\\$0");
    }
}
