package dev.polymath.learn.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ComparisonPageTest {
    private static final double NAN = Double.NaN;
    private static final String NASTY = "a<b>&\"c\"'|*\u0001";

    /** To look at: target/comparison-*.html, .txt and .md. */
    @Test
    void samplesAreWrittenToLookAt() throws IOException {
        write("sample", SampleSummary.of(6, 4, 3, true));
        write("large", SampleSummary.of(12, 8, 3, true));
        write("small", SampleSummary.of(2, 1, 1, false));
    }

    @Test
    void aLargePageNamesEveryTaskAndVariantAndDrawsACurveForEach() throws Exception {
        Summary summary = SampleSummary.of(12, 8, 3, true);
        Document page = parse(ComparisonPage.html(summary));
        String text = page.getDocumentElement().getTextContent();
        for (Summary.Row variant : summary.variants()) assertThat(text).contains(variant.name());
        assertThat(summary.metrics().keySet())
                .allSatisfy(task -> assertThat(text).contains(task));
        // Overall and 12 tasks; 12 learning curves; variants 1, 2, 4, 5, 7 have factors.
        assertThat(elements(page, "figure")).hasSize(13 + 12 + 5);
        for (Element figure : elements(page, "figure")) {
            Element svg = (Element) figure.getElementsByTagName("svg").item(0);
            assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
                    .isNotBlank();
        }
        Element learning = elements(page, "figure").get(13);
        assertThat(learning.getElementsByTagName("path").getLength()).isEqualTo(8);
        List<Element> tables = elements(page, "table");
        assertThat(tables).hasSize(2);
        for (Element table : tables) {
            NodeList rows = table.getElementsByTagName("tr");
            int columns = cells((Element) rows.item(0));
            for (int row = 1; row < rows.getLength(); row++) {
                assertThat(cells((Element) rows.item(row))).isEqualTo(columns);
            }
        }
    }

    @Test
    void thePageNeedsNothingFromOutside() {
        String page = ComparisonPage.html(SampleSummary.of(6, 4, 3, true));
        assertThat(page).doesNotContain("http", "<script", "<link", "<img", "@import", "url(", "src=", "href=");
    }

    @Test
    void namesAreEscapedWhereverTheyStand() throws Exception {
        Summary.Row row = row(NASTY, Map.of(NASTY, interval(0.8)), null, List.of("seed 1: " + NASTY));
        Summary summary = new Summary(
                NASTY, Map.of(NASTY, NASTY), List.of(row, row), List.of(1L), Map.of(), Map.of(NASTY, NASTY));
        String page = ComparisonPage.html(summary);
        assertThat(page).doesNotContain("a<b>", "\u0001");
        String shown = NASTY.replace('\u0001', '\uFFFD');
        Document parsed = parse(page);
        assertThat(elements(parsed, "h1").get(0).getTextContent()).isEqualTo(shown);
        assertThat(elements(parsed, "dd").get(0).getTextContent()).isEqualTo(shown);
        assertThat(elements(parsed, "li").get(elements(parsed, "li").size() - 1).getTextContent())
                .isEqualTo(shown + ": seed 1: " + shown);
    }

    @Test
    void markedAreTheDifferencesThatAreSignificantAndNoOthers() throws Exception {
        Summary summary = three(
                new Difference(0.012, 0.004, 0.02, 0.002, 0.006), new Difference(-0.02, -0.03, -0.01, 0.002, 0.004));
        Document page = parse(ComparisonPage.html(summary));
        List<String> marked = new ArrayList<>();
        for (Element span : elements(page, "span")) {
            if (span.getAttribute("class").startsWith("difference")) {
                marked.add(span.getAttribute("class") + ": " + span.getTextContent());
            }
        }
        assertThat(marked)
                .contains("difference better: +1.2 ▲", "difference worse: −2.0 ▼")
                .allMatch(each -> each.contains("▲") == each.contains("better"))
                .allMatch(each -> each.contains("▼") == each.contains("worse"));
        Document open = parse(ComparisonPage.html(
                three(new Difference(0.012, -0.004, 0.03, 0.1, 0.2), new Difference(-0.02, -0.04, 0.01, 0.2, 0.4))));
        assertThat(elements(open, "td")).noneMatch(cell -> cell.getTextContent().contains("▲"));
    }

    @Test
    void oneVariantWithOneSeedHasNeitherIntervalsNorDifferences() throws Exception {
        Summary summary = new Summary(
                "p",
                Map.of("intent", "accuracy"),
                List.of(row("equal", Map.of("intent", interval(0.8431)), null, List.of())),
                List.of(3L),
                Map.of(),
                Map.of());
        Document page = parse(ComparisonPage.html(summary));
        String table = elements(page, "table").get(1).getTextContent();
        assertThat(table).contains("84.3").doesNotContain("±", "NaN", "alone");
        String text = page.getDocumentElement().getTextContent();
        assertThat(elements(page, "table").get(0).getTextContent()).doesNotContain("difference");
        assertThat(text).contains("There is one seed").doesNotContain("Balance", "Learning curves", "Failed runs", "▲");
    }

    @Test
    void aVariantWhoseRunsAllFailedIsSaidToHaveNoResult() throws Exception {
        Interval none = new Interval(NAN, NAN, NAN, 0);
        Summary.Row failed = new Summary.Row(
                "nash",
                Map.of(),
                none,
                Map.of(),
                new Difference(NAN, NAN, NAN, NAN, NAN),
                new Summary.Cost(NAN, NAN, NAN, NAN),
                List.of("seed 1: out of memory", "seed 2: the loss is NaN"),
                Map.of(),
                Map.of());
        Summary summary = new Summary(
                "p",
                Map.of("intent", "accuracy"),
                List.of(row("equal", Map.of("intent", interval(0.8431)), null, List.of()), failed),
                List.of(1L, 2L),
                Map.of("intent", interval(0.85)),
                Map.of());
        Document page = parse(ComparisonPage.html(summary));
        assertThat(elements(page, "li").stream().map(Element::getTextContent))
                .contains("nash: seed 1: out of memory", "nash: seed 2: the loss is NaN");
        assertThat(elements(page, "figure").get(1).getTextContent()).contains("no result");
        for (Element table : elements(page, "table"))
            assertThat(table.getTextContent()).doesNotContain("NaN");
        for (Element line : elements(page, "line")) {
            for (String end : List.of("x1", "x2", "y1", "y2"))
                assertThat(line.getAttribute(end)).isNotEqualTo("NaN");
        }
        assertThat(ComparisonText.toText(summary)).contains("failed: nash: seed 1: out of memory");
    }

    @Test
    void aModelOfTheTaskAloneIsSetBesideTheVariants() throws Exception {
        Summary summary = new Summary(
                "p",
                Map.of("intent", "accuracy"),
                List.of(row("equal", Map.of("intent", interval(0.8431)), null, List.of())),
                List.of(1L),
                Map.of("intent", interval(0.85)),
                Map.of());
        Document page = parse(ComparisonPage.html(summary));
        assertThat(elements(page, "table").get(1).getTextContent())
                .contains("each task alone", "85.0", "−0.7 to alone");
        assertThat(elements(page, "line"))
                .anyMatch(line -> line.getAttribute("class").equals("alone"));
    }

    private static Summary three(Difference better, Difference worse) {
        Map<String, Interval> tasks = Map.of("intent", interval(0.8));
        return new Summary(
                "p",
                Map.of("intent", "accuracy"),
                List.of(
                        row("equal", tasks, null, List.of()),
                        row("gradnorm", tasks, better, List.of()),
                        row("dwa", tasks, worse, List.of())),
                List.of(1L),
                Map.of(),
                Map.of());
    }

    private static Interval interval(double mean) {
        return new Interval(mean, NAN, NAN, 1);
    }

    private static Summary.Row row(
            String name, Map<String, Interval> tasks, Difference difference, List<String> failures) {
        Map<String, Difference> against = difference == null ? Map.of() : Map.of("intent", difference);
        Summary.Cost cost = new Summary.Cost(22_713_216, 12.3, 8412, NAN);
        Interval mean = tasks.values().iterator().next();
        return new Summary.Row(name, tasks, mean, against, difference, cost, failures, Map.of(), Map.of());
    }

    private static int cells(Element row) {
        return row.getElementsByTagName("th").getLength()
                + row.getElementsByTagName("td").getLength();
    }

    private static List<Element> elements(Document page, String name) {
        NodeList nodes = page.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) elements.add((Element) nodes.item(i));
        return elements;
    }

    private static Document parse(String page) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(page)));
    }

    private static void write(String name, Summary summary) throws IOException {
        Path target = Path.of("target");
        Files.writeString(target.resolve("comparison-" + name + ".html"), ComparisonPage.html(summary));
        Files.writeString(target.resolve("comparison-" + name + ".txt"), ComparisonText.toText(summary));
        Files.writeString(target.resolve("comparison-" + name + ".md"), ComparisonText.toMarkdown(summary));
    }
}
