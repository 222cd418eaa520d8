package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import dev.polymath.run.Prediction;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;

/**
 * Which documents are the least worth keeping, whatever is asked: those for which a task of the model gives the lowest numbers.
 *
 * <p>All documents are read a second time, after they were indexed, so that the share that is kept is exact, and does not depend on
 * their order or on where indexing was interrupted. A limit guessed from the first documents would save their vectors' computing,
 * and be wrong wherever a collection is sorted.
 *
 * <p>Source: X. Chang, D. Mishra, C. Macdonald and S. MacAvaney, Neural Passage Quality Estimation for Static Pruning, SIGIR 2024,
 * arXiv:2407.12170.
 */
final class Pruning {
    /** Documents read together. */
    private static final int BATCH = 256;

    private final Polymath model;
    private final String task;
    private final List<Valued> all = new ArrayList<>();

    private record Valued(String id, double value) {}

    /** @throws InputException if there is no such task, or it does not give a number for a text */
    Pruning(Polymath model, String task) {
        this.model = model;
        Task named = model.folder().task(task);
        boolean fits = !named.pairs() && model.predict("a", task).answers().get(task) instanceof Answer.Value;
        if (!fits) {
            List<String> numbers = model.tasks().stream()
                    .filter(each -> !each.pairs() && each.type().equals("regress"))
                    .map(Task::name)
                    .toList();
            throw new InputException(
                    "task '" + task + "' gives no number for a text (type regress)" + Choices.instead(task, numbers));
        }
        this.task = task;
    }

    /**
     * The ids of the documents to let go: as many as leave the share, those with the lowest values; of equal ones the first ids.
     *
     * @param keep the share of documents to keep, above 0 and at most 1
     */
    List<String> lowest(DirectoryReader reader, double keep) throws IOException {
        List<Document> batch = new ArrayList<>();
        for (LeafReaderContext leaf : reader.leaves()) {
            PostingsEnum whole = leaf.reader().postings(new Term(IndexedDocument.WHOLE, "1"), PostingsEnum.NONE);
            if (whole == null) continue;
            Bits live = leaf.reader().getLiveDocs();
            for (int each = whole.nextDoc(); each != DocIdSetIterator.NO_MORE_DOCS; each = whole.nextDoc()) {
                if (live != null && !live.get(each)) continue;
                batch.add(leaf.reader().storedFields().document(each));
                if (batch.size() == BATCH) value(batch);
            }
        }
        value(batch);
        all.sort(Comparator.comparingDouble(Valued::value).thenComparing(Valued::id));
        int gone = all.size() - (int) Math.ceil(keep * all.size());
        return all.subList(0, gone).stream().map(Valued::id).toList();
    }

    private void value(List<Document> batch) {
        List<Input> texts = batch.stream()
                .map(each -> Input.of(IndexedDocument.passage(each).whole()).inWindows())
                .toList();
        if (texts.isEmpty()) return;
        List<Prediction> predictions = model.predict(texts, List.of(task));
        for (int i = 0; i < batch.size(); i++) {
            Answer.Value value = (Answer.Value) predictions.get(i).answers().get(task);
            all.add(new Valued(batch.get(i).get(IndexedDocument.ID), value.value()));
        }
        batch.clear();
    }
}
