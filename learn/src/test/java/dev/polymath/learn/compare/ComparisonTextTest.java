package dev.polymath.learn.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ComparisonTextTest {
    private static final double NAN = Double.NaN;

    @Test
    void theTextIsAlignedAndMarksWhatIsSignificant() {
        String text = ComparisonText.toText(two("gradnorm"));
        assertThat(text).startsWith("shop: 2 variants, 2 tasks, 3 seeds (1, 2, 3)\n\n");
        assertThat(text.lines()
                        .filter(line -> line.startsWith("gradnorm"))
                        .findFirst()
                        .orElseThrow())
                .matches("gradnorm +85\\.2 \\+/- 0\\.5 +\\+1\\.2\\* \\[\\+0\\.4, \\+2\\.0] +0\\.006 +1, 0 .*");
        assertThat(text.lines().filter(line -> line.startsWith("intent")))
                .containsExactly("intent (accuracy)  84.0 +/- 0.5   85.2 +/- 0.5 (+1.2)*");
        assertThat(text.lines().filter(line -> line.startsWith("faq")))
                .containsExactly("faq (ndcg_10)      84.0 +/- 0.5   83.9 +/- 0.5 (-0.1) ");
    }

    @Test
    void theTextIsPlainAsciiAndNoWiderThanATerminal() {
        String text = ComparisonText.toText(SampleSummary.of(12, 8, 3, true));
        assertThat(text.chars()).allMatch(c -> c < 128);
        // Tables only: the legend and messages wrap by themselves.
        String tables = text.substring(0, text.indexOf("Primary metric"));
        assertThat(tables.lines()).allMatch(line -> line.length() <= 110);
        for (Summary.Row variant : SampleSummary.of(12, 8, 3, true).variants()) {
            assertThat(tables.split(Pattern.quote(variant.name()), -1)).hasSizeGreaterThan(2);
        }
    }

    @Test
    void everyLineOfATableIsAsWide() {
        String text = ComparisonText.toText(SampleSummary.of(5, 3, 3, false));
        for (String block : text.substring(0, text.indexOf("Primary metric")).split("\n\n")) {
            if (block.startsWith("support-desk")) continue;
            assertThat(block.lines().mapToInt(String::length).distinct().toArray())
                    .hasSize(1);
        }
    }

    @Test
    void markdownHasOneCellAColumnEvenWithBarsInNames() {
        String markdown = ComparisonText.toMarkdown(two("a|b_c"));
        List<String> rows =
                markdown.lines().filter(line -> line.startsWith("|")).toList();
        assertThat(markdown).contains("a\\|b\\_c", "85.2 ± 0.5; +1.2 \\[+0.4, +2.0\\] ▲");
        // Bars that are not escaped: 10 columns with the name in the first table, 3 in the second.
        assertThat(rows.subList(0, 4)).allMatch(row -> bars(row) == 11);
        assertThat(rows.subList(4, 9)).allMatch(row -> bars(row) == 4);
        assertThat(rows).hasSize(9);
    }

    private static long bars(String row) {
        return row.replace("\\|", "").chars().filter(c -> c == '|').count();
    }

    private static Summary two(String second) {
        Map<String, String> metrics = new LinkedHashMap<>();
        metrics.put("intent", "accuracy");
        metrics.put("faq", "ndcg_10");
        Interval level = new Interval(0.84, 0.835, 0.845, 3);
        Interval better = new Interval(0.852, 0.847, 0.857, 3);
        Interval same = new Interval(0.839, 0.834, 0.844, 3);
        Difference won = new Difference(0.012, 0.004, 0.02, 0.003, 0.006);
        Difference open = new Difference(-0.001, -0.009, 0.007, 0.8, 0.8);
        Summary.Row first = new Summary.Row(
                "equal",
                Map.of("intent", level, "faq", level),
                level,
                Map.of(),
                null,
                new Summary.Cost(22_713_216, 12.3, 8412, 1734),
                List.of(),
                Map.of(),
                Map.of());
        Summary.Row other = new Summary.Row(
                second,
                Map.of("intent", better, "faq", same),
                better,
                Map.of("intent", won, "faq", open),
                won,
                new Summary.Cost(22_713_216, 192, 8412, NAN),
                List.of(),
                Map.of(),
                Map.of());
        return new Summary("shop", metrics, List.of(first, other), List.of(1L, 2L, 3L), Map.of(), Map.of());
    }
}
