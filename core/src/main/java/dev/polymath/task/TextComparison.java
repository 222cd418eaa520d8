package dev.polymath.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares queries with passages by an {@link Interacting} task: a query is read once, whatever it is compared with, and what it
 * had of passages that it read lately it has still. Not thread-safe.
 */
public final class TextComparison {
    /** What reads texts and compares what it has of them. */
    public interface Reader {
        /** The task's head's outputs for texts, without padding, in their order. */
        List<float[]> read(List<String> texts);

        /**
         * A score for each passage.
         *
         * @param query {@link Interacting#asked}
         * @param passages {@link Interacting#kept} of each
         */
        float[] scores(float[] query, List<float[]> passages);
    }

    private final Interacting task;
    private final Reader reader;
    private final int width;
    private final long mostFloats;
    /** In the order of their last use. */
    private final Map<String, float[]> passages = new LinkedHashMap<>(16, 0.75f, true);

    private long floats;

    /**
     * @param width the backbone's
     * @param mostFloats numbers of passages that are kept beyond those of one query
     */
    public TextComparison(Interacting task, Reader reader, int width, long mostFloats) {
        this.task = task;
        this.reader = reader;
        this.width = width;
        this.mostFloats = mostFloats;
    }

    /** How well passages answer a query; more is better. */
    public double[] scores(String query, List<String> read) {
        return scores(query, read, new float[read.size()][]);
    }

    /**
     * As {@link #scores(String, List)}.
     *
     * @param known {@link Interacting#kept} of each passage, where the caller has it; null where not
     */
    public double[] scores(String query, List<String> read, float[][] known) {
        if (read.isEmpty()) return new double[0];
        Set<String> missing = new LinkedHashSet<>();
        for (int i = 0; i < known.length; i++) {
            if (known[i] == null && !passages.containsKey(read.get(i))) missing.add(read.get(i));
        }
        List<String> texts = new ArrayList<>(List.of(query));
        texts.addAll(missing);
        List<float[]> outputs = reader.read(texts);
        for (int i = 1; i < outputs.size(); i++) {
            float[] kept = task.kept(outputs.get(i), width);
            passages.put(texts.get(i), kept);
            floats += kept.length;
        }
        List<float[]> all = new ArrayList<>();
        for (int i = 0; i < known.length; i++) all.add(known[i] != null ? known[i] : passages.get(read.get(i)));
        forget();
        float[] scores = reader.scores(task.asked(outputs.get(0), width), all);
        double[] doubles = new double[scores.length];
        for (int i = 0; i < scores.length; i++) doubles[i] = scores[i];
        return doubles;
    }

    private void forget() {
        var oldest = passages.entrySet().iterator();
        while (floats > mostFloats && oldest.hasNext()) {
            floats -= oldest.next().getValue().length;
            oldest.remove();
        }
    }
}
