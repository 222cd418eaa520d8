package dev.polymath.project;

import dev.polymath.data.Example;
import dev.polymath.data.Label;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Takes a tenth of the examples for choosing, stratified: every label gives a tenth of its rows as nearly as whole rows
 * can (largest remainders), but never its only one. A row with several labels counts for its rarest; rows with a number
 * are sorted by it, and each ten neighbours give one.
 */
final class HeldOut {
    private static final int SHARE = 10;

    private HeldOut() {}

    /**
     * The examples held out and those that stay, both in the order given.
     *
     * @param dev a tenth, rounded, at least one; none where no label has two rows
     * @param train the others
     */
    record Parts(List<Example> dev, List<Example> train) {}

    static Parts of(List<Example> examples, long seed) {
        boolean[] taken = new boolean[examples.size()];
        SplittableRandom random = new SplittableRandom(seed);
        boolean numbers = !examples.isEmpty() && examples.get(0).label() instanceof Label.Number;
        if (numbers) takeByNumber(examples, random, taken);
        else takeByLabel(examples, random, taken);
        List<Example> dev = new ArrayList<>();
        List<Example> train = new ArrayList<>();
        for (int i = 0; i < taken.length; i++) (taken[i] ? dev : train).add(examples.get(i));
        return new Parts(dev, train);
    }

    /** A tenth of the first texts, each with all of its rows: what is asked in one part is not asked in the other. */
    static Parts byText(List<Example> examples, long seed) {
        List<String> texts =
                new ArrayList<>(examples.stream().map(Example::text).distinct().toList());
        Collections.shuffle(texts, new Random(seed));
        Set<String> held = new HashSet<>(texts.subList(0, wanted(texts.size())));
        List<Example> dev = new ArrayList<>();
        List<Example> train = new ArrayList<>();
        for (Example example : examples) (held.contains(example.text()) ? dev : train).add(example);
        return new Parts(dev, train);
    }

    private static int wanted(int rows) {
        return rows < 2 ? 0 : Math.max(1, Math.round((float) rows / SHARE));
    }

    private static void takeByNumber(List<Example> examples, SplittableRandom random, boolean[] taken) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < taken.length; i++) order.add(i);
        order.sort(
                Comparator.comparingDouble(i -> ((Label.Number) examples.get(i).label()).value()));
        int wanted = wanted(taken.length);
        for (int part = 0; part < wanted; part++) {
            int from = (int) ((long) part * taken.length / wanted);
            int to = (int) ((long) (part + 1) * taken.length / wanted);
            taken[order.get(from + random.nextInt(to - from))] = true;
        }
    }

    private static void takeByLabel(List<Example> examples, SplittableRandom random, boolean[] taken) {
        Map<String, List<Integer>> strata = strata(examples);
        Map<String, Integer> counts = new TreeMap<>();
        int left = wanted(taken.length);
        for (Map.Entry<String, List<Integer>> stratum : strata.entrySet()) {
            int whole = stratum.getValue().size() / SHARE;
            counts.put(stratum.getKey(), whole);
            left -= whole;
        }
        List<String> byRemainder = new ArrayList<>(strata.keySet());
        byRemainder.removeIf(label -> strata.get(label).size() < 2);
        byRemainder.sort(Comparator.comparingInt(label -> -(strata.get(label).size() % SHARE)));
        for (int i = 0; i < Math.min(left, byRemainder.size()); i++) counts.merge(byRemainder.get(i), 1, Integer::sum);
        counts.forEach((label, count) -> take(strata.get(label), count, random, taken));
    }

    private static void take(List<Integer> rows, int count, SplittableRandom random, boolean[] taken) {
        for (int i = 0; i < count; i++) {
            int other = i + random.nextInt(rows.size() - i);
            Integer row = rows.get(other);
            rows.set(other, rows.get(i));
            rows.set(i, row);
            taken[row] = true;
        }
    }

    /** The rows of each label, labels in alphabetical order. */
    private static Map<String, List<Integer>> strata(List<Example> examples) {
        Map<String, Long> counts = new HashMap<>();
        for (Example example : examples) {
            names(example).stream().distinct().forEach(name -> counts.merge(name, 1L, Long::sum));
        }
        Map<String, List<Integer>> strata = new TreeMap<>();
        for (int i = 0; i < examples.size(); i++) {
            String rarest = names(examples.get(i)).stream()
                    .min(Comparator.<String>comparingLong(counts::get).thenComparing(Comparator.naturalOrder()))
                    .orElse("");
            strata.computeIfAbsent(rarest, label -> new ArrayList<>()).add(i);
        }
        return strata;
    }

    private static Collection<String> names(Example example) {
        return LabelNames.of(example.label());
    }
}
