package dev.polymath.learn.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Curves over a shared axis.
 *
 * @param title what a screen reader says
 * @param across what the horizontal axis shows
 * @param whole whether that axis counts, so that ticks between whole numbers mean nothing
 * @param least the span that the vertical axis has at least
 * @param curves in the order of drawing
 */
record LineChart(String title, String across, boolean whole, double least, List<Curve> curves) {
    /**
     * A curve.
     *
     * @param series the number that gives its colour
     * @param name when pointed at
     * @param points of it; a NaN value interrupts the curve
     */
    record Curve(int series, String name, List<Summary.Point> points) {}

    private static final double WIDTH = 380;
    private static final double LEFT = 44;
    private static final double RIGHT = 368;
    private static final double TOP = 10;
    private static final double BOTTOM = 178;
    private static final int TICKS = 5;
    /** With more points than these the markers would hide the curve. */
    private static final int MARKED = 12;

    Element draw() {
        Axis x = horizontal();
        Axis y = Axis.around(values(), least, BOTTOM, TOP);
        Svg svg = new Svg(WIDTH, BOTTOM + 38, title);
        for (double tick : y.ticks(TICKS)) {
            svg.line("grid", LEFT, y.at(tick), RIGHT, y.at(tick));
            svg.text("tick", LEFT - 7, y.at(tick) + 4, "end", y.label(tick, TICKS));
        }
        for (double tick : x.ticks(whole ? 8 : TICKS)) {
            if (whole && tick != Math.rint(tick)) continue;
            svg.line("base", x.at(tick), BOTTOM, x.at(tick), BOTTOM + 4);
            svg.text("tick", x.at(tick), BOTTOM + 17, "middle", x.label(tick, whole ? 8 : TICKS));
        }
        svg.line("base", LEFT, BOTTOM, RIGHT, BOTTOM);
        svg.text("tick", (LEFT + RIGHT) / 2, BOTTOM + 34, "middle", across);
        // The first variant last, on top: the others are read against it.
        for (int curve = curves.size() - 1; curve >= 0; curve--) draw(svg, x, y, curves.get(curve));
        return svg.element();
    }

    private void draw(Svg svg, Axis x, Axis y, Curve curve) {
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        for (Summary.Point point : curve.points) {
            boolean there = !Double.isNaN(point.value());
            if (there) {
                path.append(pen ? 'L' : 'M')
                        .append(Svg.pixels(x.at(point.progress())))
                        .append(' ')
                        .append(Svg.pixels(y.at(point.value())));
            }
            pen = there;
        }
        if (!path.isEmpty()) svg.path("curve " + Svg.series(curve.series), path.toString());
        int last = curve.points.size() - 1;
        for (int i = 0; i <= last; i++) {
            Summary.Point point = curve.points.get(i);
            if (Double.isNaN(point.value()) || last >= MARKED && i < last) continue;
            svg.marker(curve.series, x.at(point.progress()), y.at(point.value()), 3, curve.name);
        }
    }

    private Axis horizontal() {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Curve curve : curves) {
            for (Summary.Point point : curve.points) {
                low = Math.min(low, point.progress());
                high = Math.max(high, point.progress());
            }
        }
        if (low > high) return new Axis(0, 1, LEFT + 10, RIGHT - 8);
        double margin = low < high ? 0 : 0.5;
        return new Axis(low - margin, high + margin, LEFT + 10, RIGHT - 8);
    }

    private List<Double> values() {
        List<Double> values = new ArrayList<>();
        for (Curve curve : curves) curve.points.forEach(point -> values.add(point.value()));
        return values;
    }

    /** Values one an epoch, from 1, as points. */
    static List<Summary.Point> byEpoch(List<Double> values) {
        return IntStream.range(0, values.size())
                .mapToObj(epoch -> new Summary.Point(epoch + 1, 100 * values.get(epoch)))
                .toList();
    }
}
