package dev.polymath.run;

import dev.polymath.InputException;
import dev.polymath.data.ExactSearch;
import dev.polymath.data.Example;
import dev.polymath.data.Passage;
import dev.polymath.data.Query;
import dev.polymath.data.Retriever;
import dev.polymath.data.Scored;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Exact search in memory by the vectors that a task of a model gives to queries and to the whole texts of passages. For
 * measuring; a collection that stays is better kept in an index. The model must stay open.
 */
public final class DenseSearch implements Retriever {
    /** Texts embedded together: enough to fill batches of like length, few enough to tell how far it is. */
    private static final int CHUNK = 512;

    private final Polymath model;
    private final Task task;
    private final ExactSearch passages;

    private DenseSearch(Polymath model, Task task, ExactSearch passages) {
        this.model = model;
        this.task = task;
        this.passages = passages;
    }

    /**
     * Embeds passages.
     *
     * @param task one of the model's that {@link #givesVectors}
     * @param progress is told now and then how many passages are done
     */
    public static DenseSearch of(Polymath model, Task task, List<Passage> passages, IntConsumer progress) {
        if (!givesVectors(task)) {
            throw new InputException("task '" + task.name() + "' is of type " + task.type() + " and gives no vectors");
        }
        List<String> texts = passages.stream().map(Passage::whole).toList();
        List<float[]> vectors = vectors(model, task, texts, progress);
        List<String> ids = passages.stream().map(Passage::id).toList();
        return new DenseSearch(model, task, new ExactSearch(ids, vectors));
    }

    /** Whether a task gives vectors of single texts. */
    public static boolean givesVectors(Task task) {
        return !task.pairs() && List.of("embed", "retrieve").contains(task.type());
    }

    @Override
    public Map<String, List<Scored>> search(List<Query> queries, int top) {
        List<float[]> vectors =
                vectors(model, task, queries.stream().map(Query::text).toList(), done -> {});
        Map<String, List<Scored>> run = new LinkedHashMap<>();
        for (int i = 0; i < vectors.size(); i++) {
            run.put(queries.get(i).id(), passages.search(vectors.get(i), top));
        }
        return run;
    }

    private static List<float[]> vectors(Polymath model, Task task, List<String> texts, IntConsumer progress) {
        List<float[]> vectors = new ArrayList<>(texts.size());
        for (int from = 0; from < texts.size(); from += CHUNK) {
            List<Example> chunk = texts.subList(from, Math.min(texts.size(), from + CHUNK)).stream()
                    .map(text -> new Example(text, null, null, 0))
                    .toList();
            for (Answer answer : model.answers(task, chunk)) vectors.add(((Answer.Vector) answer).values());
            progress.accept(vectors.size());
        }
        return vectors;
    }
}
