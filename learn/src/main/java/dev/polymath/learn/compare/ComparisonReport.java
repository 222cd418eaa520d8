package dev.polymath.learn.compare;

import java.util.Map;

/** What a comparison found, in the forms that users read. */
public final class ComparisonReport {
    private ComparisonReport() {}

    /** @param facts what else a reader needs, in order */
    public static Summary summary(Comparison.Outcome outcome, Map<String, String> facts) {
        return new Summarizer(outcome).summary(facts);
    }

    /** The table for a terminal. */
    public static String text(Summary summary) {
        return ComparisonText.toText(summary);
    }

    /** The table in Markdown. */
    public static String markdown(Summary summary) {
        return ComparisonText.toMarkdown(summary);
    }

    /** The page. */
    public static String page(Summary summary) {
        return ComparisonPage.html(summary);
    }
}
