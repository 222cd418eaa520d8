package dev.polymath.search;

import dev.polymath.data.Passage;
import dev.polymath.run.Polymath;
import dev.polymath.task.Embedder;
import dev.polymath.task.Interacting;
import dev.polymath.task.QualityTask;
import dev.polymath.task.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model has of passages that are indexed: the vector, what a task that ranks hits anew keeps, and how likely it is that
 * the passage answers anything. Tasks that share a trunk, and read the same before a text, have one pass for all of it.
 */
final class PassageReading {
    /**
     * Of a passage.
     *
     * @param kept null where no task ranks anew
     * @param quality a logit; infinite where no task judges it
     */
    record Read(float[] vector, float[] kept, double quality) {}

    private record Texts(String vector, String kept, String quality) {}

    private final Polymath model;
    private final Embedder vectors;
    private final Interacting reranker;
    private final QualityTask quality;
    private final Map<String, List<Task>> asked = new LinkedHashMap<>();
    private final List<Texts> passages = new ArrayList<>();

    /**
     * @param reranker null for none
     * @param quality null for none
     */
    PassageReading(Polymath model, Embedder vectors, Interacting reranker, QualityTask quality) {
        this.model = model;
        this.vectors = vectors;
        this.reranker = reranker;
        this.quality = quality;
    }

    /**
     * @param read what the vector is of, without its prompt
     * @param stretch the passage's, which hits are ranked anew by
     */
    void add(Passage document, Stretch stretch, String read) {
        String vector = ask(vectors, vectors.prompted(Embedder.Side.PASSAGE, read));
        String kept = reranker == null ? null : ask(reranker, reranked(document.title(), stretch.of(document.text())));
        passages.add(new Texts(vector, kept, quality == null ? null : ask(quality, quality.prompt() + read)));
    }

    /** What of a hit is read to rank it anew. */
    static String reranked(String title, String text) {
        return Passage.of("", title, text).whole();
    }

    private String ask(Task task, String text) {
        List<Task> tasks = asked.computeIfAbsent(text, each -> new ArrayList<>());
        if (!tasks.contains(task)) tasks.add(task);
        return text;
    }

    /** Of all passages, in their order. */
    List<Read> read() {
        List<String> texts = List.copyOf(asked.keySet());
        List<Map<Task, float[]>> outputs = model.outputs(texts, List.copyOf(asked.values()));
        Map<String, Map<Task, float[]>> byText = new LinkedHashMap<>();
        for (int i = 0; i < texts.size(); i++) byText.put(texts.get(i), outputs.get(i));
        int width = model.folder().backbone().width();
        return passages.stream()
                .map(each -> new Read(
                        byText.get(each.vector).get(vectors),
                        reranker == null
                                ? null
                                : reranker.kept(byText.get(each.kept).get(reranker), width),
                        quality == null
                                ? Double.POSITIVE_INFINITY
                                : byText.get(each.quality).get(quality)[0]))
                .toList();
    }
}
