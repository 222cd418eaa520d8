package dev.polymath.learn.compare;

import java.util.List;
import java.util.Locale;

/** A table in HTML; names of variants carry the sign that they have in the charts. */
final class HtmlTable {
    private HtmlTable() {}

    static Element draw(Table table) {
        boolean across = table.across() > 0;
        Element head = Element.of("tr", Element.of("th", table.corner()).with("scope", "col"));
        for (int column = 0; column < table.columns().size(); column++) {
            String name = table.columns().get(column);
            Element cell = column < table.across() ? Element.of("th", variant(column, name)) : Element.of("th", name);
            head.add(cell.with("scope", "col"));
        }
        Element body = Element.of("tbody");
        List<Table.Line> lines = table.lines();
        for (int line = 0; line < lines.size(); line++) {
            Element row = row(lines.get(line), across ? -1 : line);
            body.add(across && line == lines.size() - 1 ? row.with("class", "sum") : row);
        }
        Element drawn = Element.of("table", Element.of("thead", head), body);
        return Element.of("div", drawn)
                .with("class", across ? "scroll tasks" : "scroll")
                .with("tabindex", "0")
                .with("role", "region")
                .with("aria-label", "table by " + table.corner());
    }

    /** @param series of the line's variant; -1 where it is none */
    private static Element row(Table.Line line, int series) {
        Element name = Element.of("th").with("scope", "row");
        if (series >= 0) name.add(variant(series, line.name()));
        else name.add(line.name());
        if (!line.note().isEmpty()) name.add(" ", small("note", line.note()));
        Element row = Element.of("tr", name);
        for (Table.Cell cell : line.cells()) row.add(cell(cell));
        return row;
    }

    private static Element cell(Table.Cell cell) {
        Element drawn = Element.of("td");
        if (!cell.hover().isEmpty()) drawn.with("title", cell.hover());
        if (!cell.figure().isEmpty()) drawn.add(small("figure", cell.figure()));
        if (!cell.difference().isEmpty()) {
            String verdict = cell.verdict().name().toLowerCase(Locale.ROOT);
            Element difference = small("difference " + verdict, cell.difference());
            if (!cell.verdict().mark.isEmpty()) {
                difference.add(Element.of("span", " " + cell.verdict().mark)
                        .with("role", "img")
                        .with("aria-label", "significantly " + verdict));
            }
            drawn.add(difference);
        }
        if (!cell.range().isEmpty()) drawn.add(small("range", cell.range()));
        if (!cell.note().isEmpty()) drawn.add(small("note", cell.note()));
        return drawn;
    }

    /** A variant's sign and name, which may break where its parts meet, as in {@code balance=uncertainty}, rather than anywhere. */
    private static Element variant(int series, String name) {
        Element variant = Element.of("span", swatch(series, false)).with("class", "variant");
        for (String part : name.split("(?<=[=,_/.-])")) variant.add(part, Element.of("wbr"));
        return variant;
    }

    private static Element small(String style, String text) {
        return Element.of("span", text).with("class", style);
    }

    /**
     * A series' sign, to stand before its name.
     *
     * @param line whether with the line that its curve has
     */
    static Element swatch(int series, boolean line) {
        double width = line ? 26 : 12;
        Svg svg = new Svg(width, 12);
        if (line) svg.line("curve " + Svg.series(series), 0, 6, width, 6);
        return svg.marker(series, width / 2, 6, 4, "")
                .element()
                .with("class", "swatch")
                .with("width", Svg.pixels(width))
                .with("height", "12")
                .with("aria-hidden", "true");
    }
}
