package dev.polymath.learn.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An element of HTML or SVG, written so that both an HTML and an XML parser read it, all text escaped. */
final class Element {
    /** Those that HTML forbids an end tag. */
    private static final Set<String> EMPTY = Set.of("meta", "wbr", "line", "path", "circle", "rect", "polygon");

    private final String name;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final List<Object> children = new ArrayList<>();

    private Element(String name) {
        this.name = name;
    }

    /** @param children elements, or what becomes text */
    static Element of(String name, Object... children) {
        return new Element(name).add(children);
    }

    Element with(String attribute, Object value) {
        attributes.put(attribute, value.toString());
        return this;
    }

    Element add(Object... more) {
        children.addAll(List.of(more));
        return this;
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        write(out);
        return out.toString();
    }

    private void write(StringBuilder out) {
        out.append('<').append(name);
        attributes.forEach((attribute, value) -> out.append(' ')
                .append(attribute)
                .append("=\"")
                .append(escape(value))
                .append('"'));
        if (children.isEmpty() && EMPTY.contains(name)) {
            out.append("/>");
            return;
        }
        out.append('>');
        for (Object child : children) {
            if (child instanceof Element element) element.write(out);
            else out.append(escape(child.toString()));
        }
        out.append("</").append(name).append('>');
        if (Set.of("tr", "section", "svg", "figure", "style", "title").contains(name)) out.append('\n');
    }

    /** Leaves {@code >} as it is: a style sheet is no place for {@code &gt;} in HTML, and no other text needs it. */
    private static String escape(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(point -> {
            switch (point) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '"' -> out.append("&quot;");
                default -> out.appendCodePoint(allowed(point) ? point : 0xFFFD);
            }
        });
        return out.toString();
    }

    /** Whether XML 1.0 has the character at all: not the controls, not half a surrogate pair. */
    private static boolean allowed(int point) {
        if (point < 0x20) return point == '\n' || point == '\t';
        return !(point >= 0xD800 && point <= 0xDFFF) && point != 0xFFFE && point != 0xFFFF;
    }
}
