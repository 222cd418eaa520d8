package dev.polymath.project;

import dev.polymath.data.Example;
import dev.polymath.data.Label;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** Looks at one split of a task: counts, lengths, and what may be a slip. */
final class SplitCheck {
    /** Longer texts are nearly always files that were joined, or a quote that was not closed. */
    private static final int VERY_LONG = 20_000;

    private static final int QUOTED = 40;

    private final String name;
    private final Path file;
    private final List<Example> examples;
    private final Map<Texts, Example> firsts = new HashMap<>();
    private final ProblemList warnings;

    SplitCheck(String name, Path file, List<Example> examples, ProblemList warnings) {
        this.name = name;
        this.file = file;
        this.examples = examples;
        this.warnings = warnings;
        for (Example example : examples) firsts.putIfAbsent(Texts.of(example), example);
    }

    /** What makes two rows the same to a model. */
    private record Texts(String text, String text2) {
        static Texts of(Example example) {
            return new Texts(example.text(), example.text2());
        }
    }

    /**
     * Counts, and warns.
     *
     * @param earlier the splits before this one
     * @param maxTokens where texts are cut
     */
    SplitReport report(List<SplitCheck> earlier, TextLength length, int maxTokens) {
        List<Integer> lengths =
                new ArrayList<>(examples.stream().map(length.of()::applyAsInt).toList());
        int cut = (int) lengths.stream().filter(each -> each > maxTokens).count();
        lengths.sort(null);
        warnOfOddTexts(maxTokens);
        int repeated = repeated();
        Map<String, Integer> shared = new LinkedHashMap<>();
        for (SplitCheck other : earlier) shared.put(other.name, shared(other));
        return new SplitReport(
                name,
                file,
                examples.size(),
                labels(),
                numbers(),
                SplitReport.Lengths.of(lengths),
                cut,
                repeated,
                shared);
    }

    private Map<String, Long> labels() {
        Map<String, Long> counts = new TreeMap<>();
        for (Example example : examples) {
            for (String label : LabelNames.of(example.label())) counts.merge(label, 1L, Long::sum);
        }
        Map<String, Long> ordered = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(each -> ordered.put(each.getKey(), each.getValue()));
        return ordered;
    }

    private SplitReport.Numbers numbers() {
        DoubleSummaryStatistics all = new DoubleSummaryStatistics();
        for (Example example : examples) {
            if (example.label() instanceof Label.Number number) all.accept(number.value());
        }
        return all.getCount() == 0 ? null : new SplitReport.Numbers(all.getMin(), all.getAverage(), all.getMax());
    }

    private void warnOfOddTexts(int maxTokens) {
        warn(SplitCheck::empty, example -> "the text is empty");
        warn(
                example -> longest(example) > VERY_LONG,
                example -> "the text has " + longest(example) + " characters, of which the first " + maxTokens
                        + " tokens are read");
    }

    private void warn(Predicate<Example> odd, Function<Example, String> message) {
        List<Example> found = examples.stream().filter(odd).toList();
        if (found.isEmpty()) return;
        String more = found.size() == 1 ? "" : "; so it is with " + (found.size() - 1) + " more of " + name;
        warnings.add(new Problem(file, found.get(0).line(), message.apply(found.get(0)) + more));
    }

    private static boolean empty(Example example) {
        return example.text().isBlank()
                || example.text2() != null && example.text2().isBlank();
    }

    private static int longest(Example example) {
        int second = example.text2() == null ? 0 : example.text2().length();
        return Math.max(example.text().length(), second);
    }

    private int repeated() {
        int count = 0;
        int contradicting = 0;
        Example again = null;
        for (Example example : examples) {
            Example first = firsts.get(Texts.of(example));
            if (first == example) continue;
            if (count++ == 0) again = example;
            if (!sameLabel(first, example)) contradicting++;
        }
        if (count > 0) {
            long line = firsts.get(Texts.of(again)).line();
            String labels = contradicting == 0 ? "" : ", " + contradicting + " of them with another label";
            warnings.add(new Problem(
                    file,
                    again.line(),
                    quoted(again) + " stands on line " + line + " already; " + rows(count) + " of " + name
                            + (count == 1 ? " repeats" : " repeat") + " an earlier one" + labels));
        }
        return count;
    }

    private static boolean sameLabel(Example a, Example b) {
        boolean tags = a.label() instanceof Label.Tags;
        return tags
                ? LabelNames.of(a.label()).equals(LabelNames.of(b.label()))
                : a.label().equals(b.label());
    }

    private int shared(SplitCheck other) {
        int count = 0;
        Example found = null;
        for (Example example : examples) {
            if (!other.firsts.containsKey(Texts.of(example))) continue;
            if (count++ == 0) found = example;
        }
        if (count > 0) {
            Example there = other.firsts.get(Texts.of(found));
            warnings.add(new Problem(
                    file,
                    found.line(),
                    quoted(found) + " stands in " + other.file.getFileName() + " too, on line " + there.line() + "; "
                            + rows(count) + " of " + name + (count == 1 ? " stands" : " stand") + " in " + other.name));
        }
        return count;
    }

    private static String rows(int count) {
        return count == 1 ? "1 row" : count + " rows";
    }

    private static String quoted(Example example) {
        String text = example.text();
        if (text.length() <= QUOTED) return "'" + text + "'";
        int end = Character.isHighSurrogate(text.charAt(QUOTED - 1)) ? QUOTED - 1 : QUOTED;
        return "'" + text.substring(0, end) + "...'";
    }
}
