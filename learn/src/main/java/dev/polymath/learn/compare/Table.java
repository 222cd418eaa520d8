package dev.polymath.learn.compare;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What a comparison's tables say, whatever they are written in.
 *
 * @param corner what the lines are
 * @param across number of columns, from the first, that are variants, and the last line a sum; 0 where the lines are
 * @param columns their headings
 * @param lines of the table
 */
record Table(String corner, int across, List<String> columns, List<Line> lines) {
    /**
     * A line.
     *
     * @param name of it
     * @param note beside the name; may be empty
     * @param cells one a column
     */
    record Line(String name, String note, List<Cell> cells) {}

    /**
     * A cell.
     *
     * @param figure the main one
     * @param difference to the first variant; may be empty
     * @param range the difference's interval; may be empty
     * @param verdict of the test
     * @param note a last line; may be empty
     * @param hover more to know; may be empty
     */
    record Cell(String figure, String difference, String range, Verdict verdict, String note, String hover) {
        static Cell of(String figure) {
            return new Cell(figure, "", "", Verdict.OPEN, "", "");
        }
    }

    /** What a test says of a variant against the first. */
    enum Verdict {
        BETTER("▲"),
        WORSE("▼"),
        OPEN("");

        final String mark;

        Verdict(String mark) {
            this.mark = mark;
        }

        static Verdict of(Difference difference) {
            if (difference == null || !difference.significant()) return OPEN;
            return difference.mean() > 0 ? BETTER : WORSE;
        }
    }

    /** A line a variant: the mean over tasks, and what the variant costs. */
    static Table variants(Summary summary) {
        double alone = aloneMean(summary);
        boolean compared = summary.variants().size() > 1;
        List<String> columns = new ArrayList<>(List.of("mean of tasks"));
        if (compared) columns.addAll(List.of("difference to first", "p", "tasks better, worse"));
        if (!Double.isNaN(alone)) columns.add("to alone");
        columns.addAll(List.of("trained weights", "time", "tokens/s", "peak memory", "failed runs"));
        List<Line> lines = new ArrayList<>();
        for (Summary.Row variant : summary.variants()) {
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.of(Figures.interval(variant.mean())));
            if (compared) {
                Difference difference = variant.meanAgainst();
                cells.add(against("", difference, ""));
                cells.add(Cell.of(difference == null ? Figures.NONE : Figures.p(difference.adjusted())));
                cells.add(Cell.of(wins(variant.against().values())));
            }
            if (!Double.isNaN(alone))
                cells.add(Cell.of(Figures.signed(variant.mean().mean() - alone)));
            Summary.Cost cost = variant.cost();
            cells.add(Cell.of(Figures.count(cost.trained())));
            cells.add(Cell.of(Figures.time(cost.seconds())));
            cells.add(Cell.of(Figures.rate(cost.tokensPerSecond())));
            cells.add(Cell.of(Figures.memory(cost.peakMiB())));
            cells.add(Cell.of(String.valueOf(variant.failures().size())));
            lines.add(new Line(variant.name(), "", cells));
        }
        return new Table("variant", 0, columns, lines);
    }

    /** A line a task, a column a variant; last the mean of the tasks. */
    static Table tasks(Summary summary) {
        List<String> columns = new ArrayList<>(
                summary.variants().stream().map(Summary.Row::name).toList());
        boolean alone = !summary.alone().isEmpty();
        if (alone) columns.add("each task alone");
        List<Line> lines = new ArrayList<>();
        for (Map.Entry<String, String> task : summary.metrics().entrySet()) {
            Interval single = summary.alone().get(task.getKey());
            List<Cell> cells = new ArrayList<>();
            for (Summary.Row variant : summary.variants()) {
                Interval interval = variant.tasks().get(task.getKey());
                cells.add(cell(
                        interval, variant.against().get(task.getKey()), single == null ? Double.NaN : single.mean()));
            }
            if (alone) cells.add(Cell.of(single == null ? Figures.NONE : Figures.interval(single)));
            lines.add(new Line(task.getKey(), task.getValue(), cells));
        }
        List<Cell> means = new ArrayList<>();
        for (Summary.Row variant : summary.variants()) {
            means.add(cell(variant.mean(), variant.meanAgainst(), aloneMean(summary)));
        }
        if (alone) means.add(Cell.of(Figures.percent(aloneMean(summary))));
        lines.add(new Line("mean of tasks", "", means));
        return new Table("task", summary.variants().size(), columns, lines);
    }

    /** The mean of the single-task models' means; NaN unless every task has one. */
    static double aloneMean(Summary summary) {
        if (!summary.alone().keySet().containsAll(summary.metrics().keySet())) return Double.NaN;
        return summary.metrics().keySet().stream()
                .mapToDouble(task -> summary.alone().get(task).mean())
                .average()
                .orElse(Double.NaN);
    }

    private static Cell cell(Interval interval, Difference difference, double alone) {
        if (interval == null) return Cell.of(Figures.NONE);
        double toAlone = interval.mean() - alone;
        String note = Double.isNaN(toAlone) ? "" : Figures.signed(toAlone) + " to alone";
        return against(Figures.interval(interval), difference, note);
    }

    private static Cell against(String figure, Difference difference, String note) {
        if (difference == null) {
            return new Cell(figure.isEmpty() ? Figures.NONE : figure, "", "", Verdict.OPEN, note, "");
        }
        String hover =
                "p = " + Figures.p(difference.p()) + ", corrected for all tasks " + Figures.p(difference.adjusted());
        String signed = Figures.signed(difference.mean());
        return new Cell(figure, signed, Figures.range(difference), Verdict.of(difference), note, hover);
    }

    private static String wins(Collection<Difference> differences) {
        if (differences.isEmpty()) return Figures.NONE;
        long better = differences.stream()
                .filter(each -> Verdict.of(each) == Verdict.BETTER)
                .count();
        long worse = differences.stream()
                .filter(each -> Verdict.of(each) == Verdict.WORSE)
                .count();
        return better + ", " + worse;
    }
}
