package dev.polymath.learn.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * A comparison as one HTML page that needs neither network nor scripts: tables, and charts drawn in SVG, in the
 * colours of Okabe and Ito (2008, Color Universal Design), which the colour-blind can tell apart.
 *
 * <p>The page is well-formed XML too.
 */
public final class ComparisonPage {
    private static final String STYLE = "comparison.css";
    private static final String FIRST = "Differences are to the first variant, ";

    private final Summary summary;
    private final List<String> names;

    private ComparisonPage(Summary summary) {
        this.summary = summary;
        this.names = summary.variants().stream().map(Summary.Row::name).toList();
    }

    /** The page's whole text, to be written in UTF-8. */
    public static String html(Summary summary) {
        return "<!DOCTYPE html>\n" + new ComparisonPage(summary).page() + "\n";
    }

    private Element page() {
        Element main = Element.of("main", header(), overview(), means(), tasks());
        learning(main);
        factors(main);
        failures(main);
        main.add(notes());
        Element head = Element.of(
                "head",
                Element.of("meta").with("charset", "utf-8"),
                Element.of("meta").with("name", "viewport").with("content", "width=device-width, initial-scale=1"),
                Element.of("title", summary.title() + ": comparison"),
                Element.of("style", style()));
        return Element.of("html", head, Element.of("body", main)).with("lang", "en");
    }

    private static String style() {
        try (InputStream in = ComparisonPage.class.getResourceAsStream(STYLE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Element header() {
        Element facts = Element.of("dl").with("class", "facts");
        summary.facts()
                .forEach(
                        (name, value) -> facts.add(Element.of("div", Element.of("dt", name), Element.of("dd", value))));
        return Element.of(
                "header",
                Element.of("p", "Comparison").with("class", "kicker"),
                Element.of("h1", summary.title()),
                Element.of("p", ComparisonText.subject(summary)).with("class", "subject"),
                facts);
    }

    private Element overview() {
        return section("Variants", "Mean of the tasks' primary metrics on the test rows, times 100." + against())
                .add(HtmlTable.draw(Table.variants(summary)));
    }

    private Element tasks() {
        String alone = summary.alone().isEmpty() ? "" : " Below it, the difference to a model of that task alone.";
        return section("Task by task", "Primary metric on the test rows, times 100." + against() + alone)
                .add(HtmlTable.draw(Table.tasks(summary)));
    }

    private String against() {
        return names.size() < 2 ? "" : " " + FIRST + names.get(0) + ".";
    }

    private Element means() {
        String dashed = summary.alone().isEmpty() ? "" : " Dashed: models of each task alone.";
        String grey = names.size() < 2 ? "" : " Grey line: " + names.get(0) + ".";
        Element charts = Element.of("div").with("class", "charts");
        List<Interval> overall =
                summary.variants().stream().map(Summary.Row::mean).toList();
        charts.add(means("Mean of tasks", "", overall, Table.aloneMean(summary)).with("class", "overall"));
        summary.metrics().forEach((task, metric) -> {
            List<Interval> intervals = new ArrayList<>();
            for (Summary.Row variant : summary.variants())
                intervals.add(variant.tasks().get(task));
            Interval alone = summary.alone().get(task);
            charts.add(means(task, metric, intervals, alone == null ? Double.NaN : alone.mean()));
        });
        String lead = "Mean over seeds and its 95 % interval; each chart has its own scale." + grey + dashed;
        return section("Means and intervals", lead).add(charts);
    }

    private Element means(String title, String metric, List<Interval> intervals, double alone) {
        Interval first = intervals.isEmpty() || names.size() < 2 ? null : intervals.get(0);
        double reference = first == null ? Double.NaN : first.mean();
        return chart(title, metric, new DotChart(title, metric, names, intervals, reference, alone).draw());
    }

    private void learning(Element main) {
        Element charts = Element.of("div").with("class", "charts");
        TreeSet<Integer> drawn = new TreeSet<>();
        summary.metrics().forEach((task, metric) -> {
            List<LineChart.Curve> curves = new ArrayList<>();
            for (int variant = 0; variant < names.size(); variant++) {
                List<Double> values = summary.variants().get(variant).curves().getOrDefault(task, List.of());
                if (values.isEmpty()) continue;
                curves.add(new LineChart.Curve(variant, names.get(variant), LineChart.byEpoch(values)));
                drawn.add(variant);
            }
            if (curves.isEmpty()) return;
            String title = task + ": " + metric + " on the dev rows by epoch";
            charts.add(chart(task, metric, new LineChart(title, "epoch", true, 2, curves).draw()));
        });
        if (drawn.isEmpty()) return;
        List<String> labels = drawn.stream().map(names::get).toList();
        main.add(section("Learning curves", "Primary metric on the dev rows after each epoch, mean over seeds.")
                .add(legend(List.copyOf(drawn), labels), charts));
    }

    private void factors(Element main) {
        Element charts = Element.of("div").with("class", "charts");
        List<String> tasks = List.copyOf(summary.metrics().keySet());
        TreeSet<Integer> drawn = new TreeSet<>();
        for (Summary.Row variant : summary.variants()) {
            List<LineChart.Curve> curves = new ArrayList<>();
            for (int task = 0; task < tasks.size(); task++) {
                List<Summary.Point> points = variant.factors().getOrDefault(tasks.get(task), List.of());
                if (points.isEmpty()) continue;
                curves.add(new LineChart.Curve(task, tasks.get(task), points));
                drawn.add(task);
            }
            if (curves.isEmpty()) continue;
            String title = variant.name() + ": factor of each task's loss during training";
            charts.add(chart(variant.name(), "", new LineChart(title, "share of the run", false, 0.2, curves).draw()));
        }
        if (drawn.isEmpty()) return;
        List<String> labels = drawn.stream().map(tasks::get).toList();
        main.add(section("Balance", "What each task's loss is multiplied by, in the course of training.")
                .add(legend(List.copyOf(drawn), labels), charts));
    }

    private void failures(Element main) {
        Element list = Element.of("ul").with("class", "failures");
        int failed = 0;
        for (Summary.Row variant : summary.variants()) {
            for (String failure : variant.failures()) {
                list.add(Element.of("li", Element.of("strong", variant.name()), ": " + failure));
                failed++;
            }
        }
        if (failed == 0) return;
        main.add(section("Failed runs", "Left out of all figures above.").add(list));
    }

    private Element notes() {
        Element notes =
                Element.of("section", Element.of("h2", "How to read this")).with("class", "notes");
        notes.add(Element.of(
                "p",
                summary.seeds().size() > 1
                        ? "84.3 ± 1.2 is a mean over seeds and half the width of its 95 % interval (Student's t)."
                        : "There is one seed, so nothing is known of how much another seed would change; a difference "
                                + "is tested against the choice of test rows only."));
        if (names.size() > 1) {
            notes.add(Element.of(
                    "p",
                    Element.of("span", "▲").with("class", "better"),
                    " better and ",
                    Element.of("span", "▼").with("class", "worse"),
                    " worse than ",
                    Element.of("strong", names.get(0)),
                    ", significant at 5 %: a paired bootstrap over test rows that allows for the spread of seeds, "
                            + "p-values corrected over the tasks by Holm's method. In brackets the difference's 95 % "
                            + "interval. A difference without a mark may be chance."));
        }
        notes.add(Element.of(
                "p",
                "Time is that of training steps, tokens are counted without padding, memory is the process's largest; "
                        + "all are means over a variant's runs."));
        return notes;
    }

    private static Element section(String title, String lead) {
        return Element.of(
                "section", Element.of("h2", title), Element.of("p", lead).with("class", "lead"));
    }

    private static Element chart(String title, String note, Element drawing) {
        Element caption = Element.of("figcaption", Element.of("strong", title));
        if (!note.isEmpty()) caption.add(" ", Element.of("span", note));
        return Element.of("figure", caption, drawing);
    }

    private static Element legend(List<Integer> series, List<String> labels) {
        Element legend = Element.of("ul").with("class", "legend");
        for (int i = 0; i < labels.size(); i++) {
            legend.add(Element.of("li", HtmlTable.swatch(series.get(i), true), labels.get(i)));
        }
        return legend;
    }
}
