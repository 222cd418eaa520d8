package dev.polymath.cli;

import dev.polymath.search.Hit;
import dev.polymath.search.Hit.Explanation;
import dev.polymath.search.Hit.Snippet;
import dev.polymath.search.Stretch;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Hits for who reads them in a terminal. */
final class HitText {
    private static final int SHOWN = 200;
    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";

    private HitText() {}

    /** @param colours whether the query's words are set in bold; else they stand between asterisks */
    static void print(List<Hit> hits, boolean colours, PrintWriter out) {
        if (hits.isEmpty()) out.println("nothing was found");
        int rank = 0;
        for (Hit hit : hits) {
            out.printf(Locale.ROOT, "%3d  %.4f  %s%s%n", ++rank, hit.score(), hit.id(), title(hit));
            if (hit.snippets().isEmpty()) out.println("     " + oneLine(shortened(hit.text())));
            for (Snippet snippet : hit.snippets()) out.println("     " + oneLine(marked(snippet, colours)));
            if (hit.explanation() != null) explain(hit.explanation(), out);
        }
    }

    private static String title(Hit hit) {
        return hit.title().isBlank() ? "" : "  " + oneLine(hit.title());
    }

    private static String marked(Snippet snippet, boolean colours) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        for (Stretch mark : snippet.marks()) {
            text.append(snippet.text(), at, mark.start());
            text.append(colours ? BOLD : "*").append(snippet.text(), mark.start(), mark.end());
            text.append(colours ? PLAIN : "*");
            at = mark.end();
        }
        return text.append(snippet.text().substring(at)).toString();
    }

    private static void explain(Explanation explanation, PrintWriter out) {
        if (explanation.words() != null) {
            String terms = explanation.words().terms().entrySet().stream()
                    .map(term -> String.format(Locale.ROOT, "%s %.3f", term.getKey(), term.getValue()))
                    .collect(Collectors.joining(" + "));
            out.printf(
                    Locale.ROOT,
                    "       words: rank %d, BM25 %.4f = %s%n",
                    explanation.words().rank(),
                    explanation.words().score(),
                    terms);
        }
        if (explanation.meaning() != null) {
            out.printf(
                    Locale.ROOT,
                    "       meaning: rank %d, similarity %.4f%n",
                    explanation.meaning().rank(),
                    explanation.meaning().similarity());
        }
        if (!Double.isNaN(explanation.fused())) out.printf(Locale.ROOT, "       fused: %.5f%n", explanation.fused());
        if (!Double.isNaN(explanation.reranked())) {
            out.printf(Locale.ROOT, "       ranked anew: %.4f%n", explanation.reranked());
        }
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= SHOWN
                ? text
                : text.substring(0, text.offsetByCodePoints(0, SHOWN)) + "…";
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
