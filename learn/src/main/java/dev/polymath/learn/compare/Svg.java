package dev.polymath.learn.compare;

import java.util.Locale;

/**
 * A drawing that scales to the page's width; colours and strokes are the style sheet's, by class.
 *
 * <p>A series is its number: its colour, and its marker's shape, which tells series apart where colours do not.
 */
final class Svg {
    static final int COLOURS = 8;

    private final Element root;

    /**
     * @param width of the drawing's own pixels
     * @param title what a screen reader says
     */
    Svg(double width, double height, String title) {
        this(width, height);
        root.add(Element.of("title", title)).with("role", "img").with("aria-label", title);
    }

    /** One that a screen reader passes over. */
    Svg(double width, double height) {
        root = Element.of("svg").with("viewBox", "0 0 " + pixels(width) + " " + pixels(height));
    }

    Element element() {
        return root;
    }

    /** The classes of a series: its colour and its dashes. */
    static String series(int number) {
        return "c" + number % COLOURS + " d" + number / COLOURS % 3;
    }

    Svg line(String style, double x1, double y1, double x2, double y2) {
        root.add(Element.of("line")
                .with("class", style)
                .with("x1", pixels(x1))
                .with("y1", pixels(y1))
                .with("x2", pixels(x2))
                .with("y2", pixels(y2)));
        return this;
    }

    /** @param anchor {@code start}, {@code middle} or {@code end}: what of the text lies at x */
    Svg text(String style, double x, double y, String anchor, String text) {
        root.add(text(style, x, y, anchor).add(text));
        return this;
    }

    /** A text cut to about so many characters, whole when pointed at. */
    Svg label(String style, double x, double y, String anchor, String text, int most) {
        Element label = text(style, x, y, anchor);
        if (text.length() <= most) label.add(text);
        else label.add(Element.of("title", text), text.substring(0, text.offsetByCodePoints(0, most - 1)) + "…");
        root.add(label);
        return this;
    }

    private static Element text(String style, double x, double y, String anchor) {
        return Element.of("text")
                .with("class", style)
                .with("x", pixels(x))
                .with("y", pixels(y))
                .with("text-anchor", anchor);
    }

    /** A path in SVG's own words, such as {@code M0 0L10 5}. */
    Svg path(String style, String path) {
        root.add(Element.of("path").with("class", style).with("d", path));
        return this;
    }

    /** A series' point, with what it says when pointed at. */
    Svg marker(int series, double x, double y, double radius, String hover) {
        Element shape = marker(series, x, y, radius).with("class", "marker " + series(series));
        root.add(hover.isEmpty() ? shape : shape.add(Element.of("title", hover)));
        return this;
    }

    private static Element marker(int series, double x, double y, double r) {
        return switch (series % 4) {
            case 0 ->
                Element.of("circle").with("cx", pixels(x)).with("cy", pixels(y)).with("r", pixels(r));
            case 1 ->
                polygon(
                        x - 0.9 * r,
                        y - 0.9 * r,
                        x + 0.9 * r,
                        y - 0.9 * r,
                        x + 0.9 * r,
                        y + 0.9 * r,
                        x - 0.9 * r,
                        y + 0.9 * r);
            case 2 -> polygon(x, y - 1.2 * r, x + 1.1 * r, y + 0.8 * r, x - 1.1 * r, y + 0.8 * r);
            default -> polygon(x, y - 1.3 * r, x + 1.3 * r, y, x, y + 1.3 * r, x - 1.3 * r, y);
        };
    }

    private static Element polygon(double... points) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < points.length; i += 2) {
            text.append(i == 0 ? "" : " ").append(pixels(points[i])).append(',').append(pixels(points[i + 1]));
        }
        return Element.of("polygon").with("points", text);
    }

    static String pixels(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
