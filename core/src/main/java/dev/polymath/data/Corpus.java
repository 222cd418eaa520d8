package dev.polymath.data;

import dev.polymath.weights.Digest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Passages in memory, which rows of one task share; immutable. */
public final class Corpus {
    private final Map<String, Passage> passages = new LinkedHashMap<>();
    private final String digest;

    public Corpus(List<Passage> passages) {
        StringBuilder all = new StringBuilder();
        for (Passage passage : passages) {
            this.passages.put(passage.id(), passage);
            all.append(passage.id()).append('\0').append(passage.whole()).append('\n');
        }
        this.digest = Digest.sha256(all.toString());
    }

    /** In the order that they were given. */
    public List<Passage> passages() {
        return List.copyOf(passages.values());
    }

    /** A passage's whole text. */
    public String text(String id) {
        return passages.get(id).whole();
    }

    public boolean has(String id) {
        return passages.containsKey(id);
    }

    public int size() {
        return passages.size();
    }

    /**
     * At most so many of the passages, in their order: those that must be there, and of the others some at even distances.
     *
     * @param needed ids of passages that are kept even where they are more
     */
    public Corpus some(Set<String> needed, int most) {
        if (size() <= most) return this;
        List<Passage> others = passages.values().stream()
                .filter(passage -> !needed.contains(passage.id()))
                .toList();
        Set<String> kept = new HashSet<>(needed);
        int count = Math.max(0, Math.min(others.size(), most - needed.size()));
        for (int i = 0; i < count; i++) {
            kept.add(others.get((int) ((long) i * others.size() / count)).id());
        }
        List<Passage> some = new ArrayList<>();
        for (Passage passage : passages.values()) if (kept.contains(passage.id())) some.add(passage);
        return new Corpus(some);
    }

    /** Says how many there are, and their digest: the same passages give the same. */
    @Override
    public String toString() {
        return size() + " passages " + digest;
    }
}
