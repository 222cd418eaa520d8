package dev.polymath.search;

import dev.polymath.search.Hit.Snippet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.uhighlight.Passage;
import org.apache.lucene.search.uhighlight.PassageFormatter;
import org.apache.lucene.search.uhighlight.UnifiedHighlighter;

/** Finds a text's sentences that have most of a query's words, and where in them those stand. */
final class Snippets {
    private final UnifiedHighlighter highlighter;
    private final Query query;

    Snippets(Analyzer analyzer, Query query) {
        this.query = query;
        this.highlighter = UnifiedHighlighter.builderWithoutSearcher(analyzer)
                .withMaxLength(Integer.MAX_VALUE - 1)
                .withMaxNoHighlightPassages(0)
                .withFormatter(new Marking())
                .build();
    }

    /** The most fitting ones, in the order of the text; none where no word of the query is in it. */
    List<Snippet> of(String text, int most) throws IOException {
        if (text.isBlank() || most == 0) return List.of();
        Object found = highlighter.highlightWithoutSearcher(IndexedDocument.WORDS, query, text, most);
        List<Snippet> snippets = new ArrayList<>();
        if (found instanceof List<?> list) for (Object each : list) snippets.add((Snippet) each);
        return snippets;
    }

    private static final class Marking extends PassageFormatter {
        @Override
        public Object format(Passage[] passages, String content) {
            List<Snippet> snippets = new ArrayList<>();
            for (Passage passage : passages) {
                int from = passage.getStartOffset();
                List<Stretch> marks = new ArrayList<>();
                int last = from;
                for (int i = 0; i < passage.getNumMatches(); i++) {
                    int start = Math.max(last, passage.getMatchStarts()[i]);
                    int end = passage.getMatchEnds()[i];
                    if (end > start) marks.add(new Stretch(start - from, end - from));
                    last = Math.max(last, end);
                }
                String text = content.substring(from, passage.getEndOffset()).stripTrailing();
                if (!marks.isEmpty()) snippets.add(new Snippet(text, marks));
            }
            return snippets;
        }
    }
}
