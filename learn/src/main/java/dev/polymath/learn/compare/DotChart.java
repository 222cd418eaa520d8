package dev.polymath.learn.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * Means with their intervals, a line a variant, on one axis: dots and whiskers (Cleveland 1985, The Elements of
 * Graphing Data).
 *
 * @param title of the chart, a task's name
 * @param measure what is measured
 * @param names of the variants
 * @param intervals of each variant; null where it has none
 * @param reference the first variant's mean, drawn through; NaN for none
 * @param alone the single-task model's mean, dashed; NaN for none
 */
record DotChart(
        String title, String measure, List<String> names, List<Interval> intervals, double reference, double alone) {
    private static final double WIDTH = 390;
    private static final double LEFT = 148;
    private static final double RIGHT = 376;
    private static final double TOP = 8;
    private static final double ROW = 22;
    private static final int TICKS = 5;
    /** Points of the metric times 100 that an axis spans at least. */
    private static final double LEAST = 2;

    Element draw() {
        double bottom = TOP + ROW * names.size();
        Axis axis = axis();
        Svg svg = new Svg(WIDTH, bottom + 24, title + ", " + measure + ": mean and 95 % interval by variant");
        for (double tick : axis.ticks(TICKS)) {
            svg.line("grid", axis.at(tick), TOP, axis.at(tick), bottom);
            svg.text("tick", axis.at(tick), bottom + 16, "middle", axis.label(tick, TICKS));
        }
        svg.line("base", LEFT, bottom, RIGHT, bottom);
        if (axis.holds(100 * alone)) svg.line("alone", axis.at(100 * alone), TOP, axis.at(100 * alone), bottom);
        if (axis.holds(100 * reference)) {
            svg.line("reference", axis.at(100 * reference), TOP, axis.at(100 * reference), bottom);
        }
        for (int variant = 0; variant < names.size(); variant++) row(svg, axis, variant);
        return svg.element();
    }

    private void row(Svg svg, Axis axis, int variant) {
        double y = TOP + ROW * (variant + 0.5);
        svg.label("name", LEFT - 10, y + 4, "end", names.get(variant), 20);
        Interval interval = intervals.get(variant);
        if (interval == null || Double.isNaN(interval.mean())) {
            svg.text("tick missing", LEFT + 4, y + 4, "start", "no result");
            return;
        }
        if (!Double.isNaN(interval.low())) whisker(svg, axis, y, variant);
        String hover = names.get(variant) + ": " + Figures.interval(interval);
        svg.marker(variant, axis.at(100 * interval.mean()), y, 4.2, hover);
    }

    /** With an end stroke where the interval ends, without where it only leaves the chart. */
    private void whisker(Svg svg, Axis axis, double y, int variant) {
        String style = "whisker " + Svg.series(variant);
        double low = 100 * intervals.get(variant).low();
        double high = 100 * intervals.get(variant).high();
        svg.line(style, axis.at(low), y, axis.at(high), y);
        if (axis.holds(low)) svg.line(style, axis.at(low), y - 4, axis.at(low), y + 4);
        if (axis.holds(high)) svg.line(style, axis.at(high), y - 4, axis.at(high), y + 4);
    }

    /**
     * Around all means and intervals, but an interval no further than twice the means' own spread, at least 15 points:
     * two seeds give intervals of 12.7 standard errors, which would press all dots into one.
     */
    private Axis axis() {
        List<Double> means = new ArrayList<>(List.of(100 * reference, 100 * alone));
        for (Interval interval : intervals) if (interval != null) means.add(100 * interval.mean());
        Axis dots = Axis.around(means, LEAST, 0, 1);
        double reach = Math.max(15, 2 * (dots.high() - dots.low()));
        List<Double> all = new ArrayList<>(means);
        for (Interval interval : intervals) {
            if (interval == null || Double.isNaN(interval.low())) continue;
            all.add(Math.max(100 * interval.low(), dots.low() - reach));
            // No metric exceeds 1, though the interval of its mean may.
            all.add(Math.min(Math.min(100 * interval.high(), dots.high() + reach), 100));
        }
        return Axis.around(all, LEAST, LEFT, RIGHT);
    }
}
