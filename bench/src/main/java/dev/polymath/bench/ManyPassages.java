package dev.polymath.bench;

import dev.polymath.data.BeirFolder;
import dev.polymath.data.Passage;
import dev.polymath.data.Query;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** More passages than a folder of collections has: those it has, again and again, with other words in places. */
final class ManyPassages {
    static final List<String> SETS = List.of("med", "cisi", "npl", "lisa", "time", "covid_faq");
    /** Words of a passage that are surely read at once. */
    static final int WORDS = 130;
    /** The share of a passage's words that a repetition changes. */
    private static final double CHANGED = 0.3;

    private final List<String> texts = new ArrayList<>();
    private final List<String> vocabulary = new ArrayList<>();
    private final List<String> queries = new ArrayList<>();

    /** @param longest words of a passage, at most */
    ManyPassages(Path suite, int longest) {
        for (String set : SETS) {
            BeirFolder collection = BeirFolder.open(suite.resolve(set));
            for (Passage passage : collection.corpus()) {
                String[] words = passage.whole().strip().split("\\s+");
                String text = String.join(" ", Arrays.copyOf(words, Math.min(words.length, longest)));
                if (text.isBlank()) continue;
                texts.add(text);
                vocabulary.addAll(Arrays.asList(text.split(" ")));
            }
            for (Query query : collection.queries()) queries.add(query.text());
        }
    }

    /** So many passages, mixed, the same ones for the same number. */
    List<Passage> passages(int count) {
        SplittableRandom random = new SplittableRandom(count);
        List<Passage> passages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String text = texts.get(random.nextInt(texts.size()));
            String[] words = text.split(" ");
            for (int word = 0; word < words.length && i >= texts.size() / 2; word++) {
                if (random.nextDouble() < CHANGED) words[word] = vocabulary.get(random.nextInt(vocabulary.size()));
            }
            passages.add(Passage.of(Integer.toString(i), "", String.join(" ", words)));
        }
        return passages;
    }

    /** The queries of all collections. */
    List<String> queries() {
        return queries;
    }
}
